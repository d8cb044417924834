// What the frame takes by itself: Nest on Fastify, class-validator, and TypeORM with an empty SQLite database; one route,
// nothing of Gatehouse. Not to be used for anything but this.
import 'reflect-metadata';
import 'class-transformer';
import 'class-validator';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';

const { PORT, FOLDER } = process.env;

class HealthController {
  ready() {
    return { status: 'ok' };
  }
}
const { prototype } = HealthController;
Get('health/ready')(prototype, 'ready', Object.getOwnPropertyDescriptor(prototype, 'ready'));
Controller()(HealthController);

class FrameModule {}
Module({ controllers: [HealthController] })(FrameModule);

await new DataSource({ type: 'sqlite', database: `${FOLDER}/frame.sqlite`, entities: [] }).initialize();
const app = await NestFactory.create(FrameModule, new FastifyAdapter(), { logger: false });
await app.listen(Number(PORT), '127.0.0.1');
