import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from './access/public.decorator.js';

class MessageAnswer {
  @ApiProperty()
  message!: string;
}

@Public()
@ApiTags('open')
@Controller()
export class AppController {
  /** Says hello, and where to go on. */
  @ApiOkResponse({ type: MessageAnswer })
  @Get('welcome')
  welcome(): MessageAnswer {
    return { message: 'Welcome to Gatehouse. The API is described at /docs.' };
  }

  /** An open route. */
  @ApiOkResponse({ type: MessageAnswer })
  @Get('public')
  open(): MessageAnswer {
    return { message: 'Anyone may read this.' };
  }
}
