import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestLogger } from '@tributary/platform';
import { ApiModule, type ApiParts } from './api.module.js';
import { createServer } from './http/server.js';
import { serveDocument } from './openapi/document.js';

/** The application, ready to listen. */
export async function createApplication(parts: ApiParts): Promise<NestFastifyApplication> {
  // Nest tells at length how it starts; that is worth reading only while something is being looked into.
  const quiet = parts.logger.level === 'info' ? parts.logger.child({}, { level: 'warn' }) : parts.logger;
  const app = await NestFactory.create<NestFastifyApplication>(
    ApiModule.forRoot(parts),
    createServer(parts),
    // Bodies are parsed by our own parsers: some routes need the bytes as they came.
    { bodyParser: false, logger: new NestLogger(quiet), abortOnError: false },
  );
  serveDocument(app, parts.settings);
  await app.init();
  return app;
}
