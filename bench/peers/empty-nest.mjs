// An empty Nest + Fastify application: what start-up is measured against.
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

class HealthController {
  ready() {
    return { status: 'ok' };
  }
}
Get('health/ready')(
  HealthController.prototype,
  'ready',
  Reflect.getOwnPropertyDescriptor(HealthController.prototype, 'ready'),
);
Controller()(HealthController);
class AppModule {}
Module({ controllers: [HealthController] })(AppModule);

const app = await NestFactory.create(AppModule, new FastifyAdapter({ logger: true }), { logger: ['warn', 'error'] });
await app.listen(Number(process.env.PORT), '127.0.0.1');
