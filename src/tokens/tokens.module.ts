import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { Acknowledgements } from './acknowledgements.js';
import { AlgorithmChange } from './algorithm-change.js';
import { InstancesModule } from '../instances/instances.module.js';
import { Denylist } from './denylist.js';
import { DenylistMirror } from './denylist-mirror.js';
import { DeviceTokens } from './device-tokens.service.js';
import { ExpiredRowsSweeper } from './expired-rows.sweeper.js';
import { ExtraClaims } from './extra-claims.js';
import { FeedNews } from './feed/feed-news.js';
import { FeedSigner } from './feed/feed-signer.js';
import { RevocationFeed } from './feed/revocation-feed.js';
import { RevocationStreams } from './feed/revocation-streams.js';
import { RevocationsController } from './feed/revocations.controller.js';
import { JwksController } from './jwks.controller.js';
import { KeyMaker } from './key-maker.js';
import { KeyRotationService } from './key-rotation.service.js';
import { KeyStore } from './key-store.js';
import { RevocationService } from './revocation.service.js';
import { RotationService } from './rotation.service.js';
import { SessionLists } from './session-lists.service.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { SigningKeys } from './signing-keys.js';
import { SpentTokens } from './spent-tokens.js';
import { TokenIssuer } from './token-issuer.js';
import { TokenVerifier } from './token-verifier.js';
import { VerifiedTokens } from './verified-tokens.js';

@Module({
  imports: [InstancesModule, JwtModule.register({})],
  controllers: [JwksController, RevocationsController, SessionsController],
  providers: [
    Acknowledgements,
    AlgorithmChange,
    Denylist,
    DenylistMirror,
    DeviceTokens,
    ExpiredRowsSweeper,
    ExtraClaims,
    FeedNews,
    FeedSigner,
    KeyMaker,
    KeyRotationService,
    KeyStore,
    RevocationFeed,
    RevocationService,
    RevocationStreams,
    RotationService,
    SessionLists,
    SessionsService,
    SigningKeys,
    SpentTokens,
    TokenIssuer,
    TokenVerifier,
    VerifiedTokens,
  ],
  exports: [
    Acknowledgements,
    Denylist,
    DenylistMirror,
    DeviceTokens,
    KeyRotationService,
    RevocationService,
    RotationService,
    SessionLists,
    SessionsService,
    TokenVerifier,
    VerifiedTokens,
  ],
})
export class TokensModule {}
