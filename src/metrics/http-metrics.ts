import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Histogram, Registry } from 'prom-client';
import { AppError } from '../errors/app-error.js';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Requests, by the route as it was declared: a path would make a series of each guess of a stranger. */
@Injectable()
export class HttpMetrics implements OnModuleInit {
  private readonly requests: Counter;
  private readonly durations: Histogram;
  private readonly refusals: Counter;

  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    registry: Registry,
  ) {
    const registers = [registry];
    this.requests = new Counter({
      name: 'gatehouse_http_requests_total',
      help: 'Requests answered',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    this.durations = new Histogram({
      name: 'gatehouse_http_request_duration_seconds',
      help: 'From the head of a request to the end of its answer',
      labelNames: ['method', 'route'],
      buckets: SECONDS,
      registers,
    });
    this.refusals = new Counter({
      name: 'gatehouse_http_refusals_total',
      help: 'Requests refused, by the code of the error; on /token by the one that invalid_grant stands for',
      labelNames: ['route', 'code'],
      registers,
    });
  }

  onModuleInit(): void {
    this.host.httpAdapter.getInstance().addHook('onResponse', (request, reply, done) => {
      this.count(request, reply);
      done();
    });
  }

  private count({ method, routeOptions }: FastifyRequest, reply: FastifyReply): void {
    const route = routeOptions.url ?? 'none';
    this.requests.inc({ method, route, status: reply.statusCode });
    this.durations.observe({ method, route }, reply.elapsedTime / 1000);
    if (reply.refusal) this.refusals.inc({ route, code: codeOf(reply.refusal) });
  }
}

function codeOf({ code, facts: { cause } }: AppError): string {
  return cause instanceof AppError ? cause.code : code;
}
