// What the public guides build: Nest on Express, passport-jwt with a literal secret, and two questions to the database
// for every request. Not to be used for anything but this.
import { Controller, Get, Injectable, Module, Req, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { randomUUID } from 'node:crypto';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn, Repository } from 'typeorm';

const secret = 'secret-of-the-tutorial';

@Entity()
class User {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column({ type: 'varchar', unique: true })
  username!: string;
}

@Entity()
class RevokedToken {
  @PrimaryColumn({ type: 'varchar' })
  jti!: string;
}

@Injectable()
class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    @InjectRepository(RevokedToken) private readonly revoked: Repository<RevokedToken>,
  ) {
    super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: secret });
  }

  async validate({ sub, jti }: { sub: string; jti: string }): Promise<User | null> {
    if (await this.revoked.findOneBy({ jti })) return null;
    return this.users.findOneBy({ id: sub });
  }
}

@Controller()
class AppController {
  constructor(
    private readonly jwt: JwtService,
    @InjectRepository(User) private readonly users: Repository<User>,
  ) {}

  @Get('token')
  async token(): Promise<{ token: string }> {
    const user =
      (await this.users.findOneBy({ username: 'ada' })) ?? (await this.users.save({ username: 'ada' }));
    return { token: await this.jwt.signAsync({ sub: user.id, jti: randomUUID() }) };
  }

  @UseGuards(AuthGuard('jwt'))
  @Get('protected')
  loggedIn(@Req() { user }: { user: User }): { logged_in_as: string } {
    return { logged_in_as: user.username };
  }

  @UseGuards(AuthGuard('jwt'))
  @Get('users/me')
  me(@Req() { user }: { user: User }): User {
    return user;
  }

  @Get('health/ready')
  ready(): { status: string } {
    return { status: 'ok' };
  }
}

const entities = [User, RevokedToken];

@Module({
  imports: [
    PassportModule,
    JwtModule.register({ secret, signOptions: { expiresIn: '15m' } }),
    TypeOrmModule.forRoot({
      type: 'sqlite',
      database: `${process.env['FOLDER'] ?? '.'}/tutorial.sqlite`,
      entities,
      synchronize: true,
    }),
    TypeOrmModule.forFeature(entities),
  ],
  controllers: [AppController],
  providers: [JwtStrategy],
})
class AppModule {}

const app = await NestFactory.create(AppModule);
await app.listen(Number(process.env['PORT']), '127.0.0.1');
