/**
 * Hashes that other systems made, not this one. Where nothing else is said, they come from Debian 12's python3-passlib
 * (1.7.4), python3-bcrypt, python3-django (3.2, its PASSWORD_HASHERS in `settings.configure`) and Werkzeug 3, as
 *
 *     /usr/bin/python3 -c 'from passlib.hash import bcrypt; print(bcrypt.using(rounds=5).hash("…"))'
 *     /usr/bin/python3 -c '…; from django.contrib.auth.hashers import make_password; print(make_password("…", hasher="argon2"))'
 *     /usr/bin/python3 -c 'from werkzeug.security import generate_password_hash; print(generate_password_hash("…"))'
 */
export interface ForeignHash {
  readonly from: string;
  readonly password: string;
  readonly hash: string;
}

const phrase = 'correct horse battery staple';
/** Some keyboards send an accent apart from its letter. Python hashes what it gets. */
const decomposed = 'påssphrase à la carte'.normalize('NFD');
const made = (from: string, hash: string, password = phrase): ForeignHash => ({ from, password, hash });

export const bcryptHashes = [
  made('passlib bcrypt', '$2b$05$p.sGoylEG47HKYPVaM0UXOCcZuXQuvYZJqL5V1mMub7biNRYFq9H2'),
  made('passlib bcrypt 2y', '$2y$05$S07FgvcTnIheg..aNB7.2Ozpae1OZK04E3CoWP2Mjy1JWZtKoxe7y'),
  made('passlib bcrypt 2a', '$2a$05$SLWEwSJLyYMPthte/Keeuuny2j6ApGoJl/2NHAKy.YbNlkqz5t.ty'),
  made('Django bcrypt', 'bcrypt$$2b$05$5GNPCNnBkrCGzBU.wKqoVehZSmKOwAHiiMDtIArbGVFCa68DkQ5P6'),
  made('Django bcrypt_sha256', 'bcrypt_sha256$$2b$05$PodYQSBm4gqJwyq.GWWmUuPLoh6qNM6wYoJH5lh8/X/I5G9mEo1Ci'),
  made(
    'bcrypt of decomposed accents',
    '$2b$05$ZPGrSsr0B3fyQxzMdgneIOtrHzDuPz9yvo85VydABjvxfAUeC1m6m',
    decomposed,
  ),
  made(
    'bcrypt of 84 bytes',
    '$2b$05$UHv2ww8w2yGiwRO6KypPiODXWYy2IL.YIWSAEv/DRI.BdD9i1Jd.y',
    `${phrase} `.repeat(3),
  ),
  // The FastAPI tutorial's johndoe.
  made('FastAPI tutorial bcrypt', '$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW', 'secret'),
];

export const pbkdf2Hashes = [
  // By Python's hashlib, as Keycloak does it: a key of 64 bytes.
  made(
    'Keycloak pbkdf2-sha256',
    '$pbkdf2-sha256$27500$jx5KeyydPlBhcoOUBaa3yA$Dkbx.52mkvOZAblU3pShfD6dI7FN68W6/q7lmaiRQ7E5AhAa9/SfxkmiYtDE/0JbfVLuIzsJEfxeCJxLK2O9Yw',
  ),
  made(
    'passlib pbkdf2_sha256',
    '$pbkdf2-sha256$29000$jhFCCGGsdY5x7v1/LyWEMA$2n.TG2frF5JF3mazRUXHyib8PAkG3S984OrBpy35RBE',
  ),
  made(
    'passlib pbkdf2_sha512',
    '$pbkdf2-sha512$25000$1XoPwRjDuFcqxVhrbe0d4w$MWno/DCr5m.cRHXiEikaoRydUdUKjakRl1R6G/k2IWZ6CGgVHnMFVi0/npA2y1jC6jeUBL4z1S2RMuBEVdEyPA',
  ),
  made('passlib pbkdf2_sha1', '$pbkdf2$131000$rdXamzMm5JyztraWkvL.Pw$hWgD9T2AAynQa9S4Ki5CPcy2DCc'),
  made(
    'Django pbkdf2_sha256',
    'pbkdf2_sha256$260000$FPkKkUjfI0CN8eAXBmzhQG$pNuFsunT7WMeFm81bMrUpAj2CZDY0OZ6Iha1Q5MmmYY=',
  ),
  made('Django pbkdf2_sha1', 'pbkdf2_sha1$260000$frZUVJQWgurgmtyyASt1TH$vGFlL/cqZT5fEcvLlT+wwD8zHMg='),
  made(
    'Werkzeug pbkdf2',
    'pbkdf2:sha256:260000$EvpFoAkfCIfbOOYb$93abdc09a353b8b2a0f0819614221e6308d49c8659e3784afeb89f739bb8312e',
  ),
  made(
    'Werkzeug pbkdf2 of SHA-512',
    'pbkdf2:sha512:1000$4D2sp1KAff73gvbI$524ba1340db75868423877eaf796f91e460462ca53bd8048102940893859da856bf9724c9bacb78ee4567e0582a291ab414d371c84c133903b7ce89804b64eb1',
  ),
  made(
    'Werkzeug pbkdf2 of SHA-1',
    'pbkdf2:sha1:1000$cXWM7Ul41Y30Ypp4$dc48a7d7223007a53e0c9b8e666aa684fb85d802',
  ),
  made(
    'passlib pbkdf2_sha256 of decomposed accents',
    '$pbkdf2-sha256$1000$PscYA8AYA6D0PgfgHMM4hw$2m9SKgTccKdyEBwzziSuvZ/AdnPsmqPDsbQEiUUtPco',
    decomposed,
  ),
];

export const scryptHashes = [
  made(
    'Werkzeug scrypt',
    'scrypt:32768:8:1$ZAutPi7qpxWR9Q6q0WVPBw$d9463982fe15e59aaa9c820a58fb746c5ad8d5ef27160eb8e7af0ff1be7c1ade7a99191cf44a0fdc863fdd11e60c6e5760f1493eba37564141f533270ff5a410',
  ),
  made(
    'Werkzeug scrypt of other parameters',
    'scrypt:16384:8:2$l_CZfSe5xWTfKdLdz_KZlA$b314423b7a20c25604d835ed4731541d92f93b4a87d423152661ba6213781d2d2774ff1b57fe2554f592ad281235c4a59b432097de20bcefc8725f60672d10fa',
  ),
  // From Django's own tests, tests/auth_tests/test_hashers.py.
  made(
    'Django scrypt',
    'scrypt$16384$seasalt$8$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQG/aEB/NYafTJ7tibgfYz71m0ldQESkXFRkdVCBhhY8mx7rQwite/Pw==',
    'lètmein',
  ),
];

export const firebaseHashes = [
  // The example of https://github.com/firebase/scrypt
  made(
    'Firebase',
    '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
    'user1password',
  ),
];

export const argon2Hashes = [
  made('passlib argon2id', '$argon2id$v=19$m=102400,t=2,p=8$xrh3DgEA4Nzb+9/7/783Zg$0ocj7PBuxgr7s6CW+lrraA'),
  made('passlib argon2i', '$argon2i$v=19$m=102400,t=2,p=8$bO09B4BQas3Z+x+DEGKMkQ$PVR5335Aa+3Uea7s7iqCww'),
  made('passlib argon2d', '$argon2d$v=19$m=102400,t=2,p=8$bK1VqpWyFqK09h6jtBbCOA$ltCW8qTGKEJ9n8DQR2RuPA'),
  made('argon2id of version 16', '$argon2id$v=16$m=64,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$Zm6YunpJXE5dk7pG0VsbGQ'),
  made(
    'Django argon2',
    'argon2$argon2id$v=19$m=102400,t=2,p=8$cWVRcXJnU2NnM1hsQ0xQckRyYWlwZg$3kNAEh/ziNq6ecdAHlvebg',
  ),
  made(
    'passlib argon2id of decomposed accents',
    '$argon2id$v=19$m=64,t=2,p=1$eQ8BYOwdw1jLec85R+g9hw$1CBbKKrQwIi1kFrlTmSsrg',
    decomposed,
  ),
  // The FastAPI tutorial's johndoe since it hashes with pwdlib.
  made(
    'FastAPI tutorial argon2',
    '$argon2id$v=19$m=65536,t=3,p=4$wagCPXjifgvUFBzq4hqe3w$CYaIb8sB+wtD+Vu/P4uod1+Qof8h+1g7bbDlBID48Rc',
    'secret',
  ),
];

/** Put together by Python's hashlib and struct, as ASP.NET Core's `PasswordHasher` lays them out. */
export const aspNetHashes = [
  made('ASP.NET Identity 2', 'AI8eSnssnT5QYXKDlAWmt8h5IUIn44CKzCaddfHF3IK0aYPfhzZyTPEI3eWrb7AvCg=='),
  made(
    'ASP.NET Identity 3',
    'AQAAAAEAACcQAAAAEI8eSnssnT5QYXKDlAWmt8gCYdxiZtt8IfKzXImOOpPPDZk850tknSfkwRgENOBSyg==',
  ),
  made(
    'ASP.NET Identity 3 of SHA-512',
    'AQAAAAIAAYagAAAAEI8eSnssnT5QYXKDlAWmt8iix3YWW+0VyjJJAHA7/NLYvpUhwNxRndEUduwdpu/5qQ==',
  ),
];

export const foreignHashes = [
  ...bcryptHashes,
  ...pbkdf2Hashes,
  ...aspNetHashes,
  ...scryptHashes,
  ...firebaseHashes,
  ...argon2Hashes,
];
