// Thrown where an image has something that no code is generated for; the VM runs it then.

export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}
