// Keys and certificates that openssl makes for a test, in a folder of the test's.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export class Certificates {
  constructor(private readonly folder: string) {}

  /** Whether openssl is installed. */
  get canBeMade(): boolean {
    try {
      this.run('version');
      return true;
    } catch {
      return false;
    }
  }

  /** `NAME.key`, and an authority's own certificate `NAME.crt`. */
  makeAuthority(name: string): void {
    this.makeKey(name, '-x509', '-days', '2', '-out', `${name}.crt`);
  }

  /** `NAME.key`, and `NAME.crt` for this machine, signed by the authority `ca`. */
  certify(name: string, ca: string): void {
    this.makeKey(name, '-out', `${name}.csr`);
    writeFileSync(join(this.folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    const signer = ['-CA', `${ca}.crt`, '-CAkey', `${ca}.key`, '-CAcreateserial', '-days', '2', '-extfile', 'names'];
    this.run('x509', '-req', '-in', `${name}.csr`, ...signer, '-out', `${name}.crt`);
  }

  private makeKey(name: string, ...made: string[]): void {
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    this.run('req', ...kind, '-keyout', `${name}.key`, '-subj', `/CN=${name}`, ...made);
  }

  private run(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: 'ignore' });
  }
}
