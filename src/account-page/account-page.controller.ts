import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../access/public.decorator.js';
import { pageHeaders } from './page-headers.js';
import { PageFiles, type PageFile } from './page-files.js';

/** The page itself and what it loads. Who asks is not looked at: nothing of a user's is in them. */
@Public()
@ApiExcludeController()
@Controller('account')
export class AccountPageController {
  constructor(private readonly files: PageFiles) {}

  /** The page. */
  @Get()
  page(@Res({ passthrough: true }) reply: FastifyReply): string {
    return dress(reply, this.files.require('account.html'));
  }

  /** A script, a style sheet or an image of the page. @throws AppError not_found */
  @Get('assets/:name')
  asset(@Param('name') name: string, @Res({ passthrough: true }) reply: FastifyReply): string {
    return dress(reply, this.files.require(name));
  }
}

function dress(reply: FastifyReply, { type, content }: PageFile): string {
  void reply.headers(pageHeaders).type(type);
  return content;
}
