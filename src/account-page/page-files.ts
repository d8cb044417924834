import { Injectable } from '@nestjs/common';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { AppError } from '../errors/app-error.js';

export interface PageFile {
  readonly type: string;
  readonly content: string;
}

const FOLDER = join(import.meta.dirname, 'browser');
const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The files that the browser loads, read at start: no path of a request ever meets the disk. */
@Injectable()
export class PageFiles {
  private readonly files = new Map(
    readdirSync(FOLDER).flatMap((name): [string, PageFile][] => {
      const type = mediaTypes[extname(name)];
      return type === undefined ? [] : [[name, { type, content: readFileSync(join(FOLDER, name), 'utf8') }]];
    }),
  );

  /** @throws AppError not_found */
  require(name: string): PageFile {
    const file = this.files.get(name);
    if (!file) throw new AppError('not_found');
    return file;
  }
}
