import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Extensions } from './extensions.js';

/** Gives the {@link Extensions} to whoever injects them: none, where the service runs by itself. */
@Global()
@Module({})
export class ExtensionsModule {
  static forRoot(extensions: Extensions): DynamicModule {
    return {
      module: ExtensionsModule,
      providers: [{ provide: Extensions, useValue: extensions }],
      exports: [Extensions],
    };
  }
}
