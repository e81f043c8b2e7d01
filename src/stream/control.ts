// Control messages (schemas/control.fbs), read with every place checked, and written; both ends use it. The text form of the same
// is JSON with the names in camel case: {"hello": {...}}, {"welcome": {...}}, {"cancel": [...]}, {"credit": n}, {"stopping": true}.

import { Builder } from 'flatbuffers';
import { fieldOf, longAt, rootOf, stringOf, stringsOf, tableOf, u16, u32, vectorOf } from '../schema/flat-bytes.js';
import { BundleModel, Control, Hello, Welcome } from '../schema/generated/verdict/wire.js';
import { CANCEL_IDS_MAX, HELLO_BUNDLES_MAX, PROTOCOL_MAX, PROTOCOL_MIN } from './protocol.js';

/** What a client says of itself. */
export interface HelloMessage {
  protocolMin: number;
  protocolMax: number;
  /** 0: as much as the server gives. */
  credit: number;
  bundles: readonly string[];
  client: string;
}

/** A live bundle, and the models whose payloads it reads: hashes of 16 hex digits. */
export interface BundleModelMessage {
  bundle: string;
  version: string;
  image: string;
  model: string;
  earlier: readonly string[];
}

export interface WelcomeMessage {
  protocol: number;
  server: string;
  credit: number;
  frameBytesMax: number;
  requestsMax: number;
  idleSecondsMax: number;
  bundles: readonly BundleModelMessage[];
}

/** One message may say several things. */
export interface ControlMessage {
  hello?: HelloMessage;
  welcome?: WelcomeMessage;
  /** Ids of request batches. */
  cancel?: readonly bigint[];
  /** 0 is left out. */
  credit?: number;
  stopping?: boolean;
}

/** `VCTL` as a little-endian word. */
const IDENTIFIER = 0x4c544356;
const IDENTIFIER_AT = 4;
/** A control message that says nothing takes more. */
const BYTES_MIN = 12;
const TEXT_BYTES_MAX = 256;

// Places in vtables: 4 + 2 x field id.
const HELLO = 4;
const WELCOME = 6;
const CANCEL = 8;
const CREDIT = 10;
const STOPPING = 12;

/** Whether a binary message is a Control, and no batch. */
export function isControl(message: Uint8Array): boolean {
  return message.length >= BYTES_MIN && u32(message, IDENTIFIER_AT) === IDENTIFIER;
}

/** Reads a Control. Undefined where it is malformed: a part is there and cannot be read. Reads nothing outside the message. */
export function readControl(message: Uint8Array): ControlMessage | undefined {
  const root = rootOf(message);
  if (root < 0) return undefined;
  const control: ControlMessage = {};
  const has = (entry: number): number => fieldOf(message, root, entry, 4);
  if (has(HELLO) >= 0) {
    const hello = readHello(message, tableOf(message, has(HELLO)));
    if (hello === undefined) return undefined;
    control.hello = hello;
  }
  if (has(WELCOME) >= 0) {
    const welcome = readWelcome(message, tableOf(message, has(WELCOME)));
    if (welcome === undefined) return undefined;
    control.welcome = welcome;
  }
  if (has(CANCEL) >= 0) {
    const ids = longsOf(message, has(CANCEL), CANCEL_IDS_MAX);
    if (ids === undefined) return undefined;
    control.cancel = ids;
  }
  const credit = has(CREDIT);
  if (credit >= 0 && u32(message, credit) !== 0) control.credit = u32(message, credit);
  const stopping = fieldOf(message, root, STOPPING, 1);
  if (stopping >= 0 && message[stopping] !== 0) control.stopping = true;
  return control;
}

function readHello(message: Uint8Array, table: number): HelloMessage | undefined {
  if (table < 0) return undefined;
  const bundlesAt = fieldOf(message, table, 10, 4);
  const bundles = bundlesAt < 0 ? [] : stringsOf(message, bundlesAt, HELLO_BUNDLES_MAX, TEXT_BYTES_MAX);
  if (bundles === undefined) return undefined;
  return {
    protocolMin: shortOf(message, table, 4, PROTOCOL_MIN),
    protocolMax: shortOf(message, table, 6, PROTOCOL_MAX),
    credit: wordOf(message, table, 8),
    bundles,
    client: (stringOf(message, fieldOf(message, table, 12, 4)) ?? '').slice(0, TEXT_BYTES_MAX),
  };
}

function readWelcome(message: Uint8Array, table: number): WelcomeMessage | undefined {
  if (table < 0) return undefined;
  const vector = vectorOf(message, fieldOf(message, table, 16, 4), 4);
  const bundles: BundleModelMessage[] = [];
  for (let i = 0; i < (vector < 0 ? 0 : u32(message, vector)); i++) {
    const bundle = readBundle(message, tableOf(message, vector + 4 + 4 * i));
    if (bundle === undefined) return undefined;
    bundles.push(bundle);
  }
  return {
    protocol: shortOf(message, table, 4, 0),
    server: stringOf(message, fieldOf(message, table, 6, 4)) ?? '',
    credit: wordOf(message, table, 8),
    frameBytesMax: wordOf(message, table, 10),
    requestsMax: wordOf(message, table, 12),
    idleSecondsMax: shortOf(message, table, 14, 0),
    bundles,
  };
}

function readBundle(message: Uint8Array, table: number): BundleModelMessage | undefined {
  if (table < 0) return undefined;
  const bundle = stringOf(message, fieldOf(message, table, 4, 4));
  const version = stringOf(message, fieldOf(message, table, 6, 4));
  if (bundle === undefined || version === undefined) return undefined;
  const earlierAt = fieldOf(message, table, 12, 4);
  return {
    bundle,
    version,
    image: hex(longAt(message, fieldOf(message, table, 8, 8))),
    model: hex(longAt(message, fieldOf(message, table, 10, 8))),
    earlier: (longsOf(message, earlierAt, Number.POSITIVE_INFINITY) ?? []).map(hex),
  };
}

function longsOf(message: Uint8Array, field: number, countMax: number): bigint[] | undefined {
  const vector = vectorOf(message, field, 8);
  if (vector < 0 || u32(message, vector) > countMax) return undefined;
  return Array.from({ length: u32(message, vector) }, (_, i) => longAt(message, vector + 4 + 8 * i));
}

function shortOf(message: Uint8Array, table: number, entry: number, absent: number): number {
  const at = fieldOf(message, table, entry, 2);
  return at < 0 ? absent : u16(message, at);
}

function wordOf(message: Uint8Array, table: number, entry: number): number {
  const at = fieldOf(message, table, entry, 4);
  return at < 0 ? 0 : u32(message, at);
}

function hex(long: bigint): string {
  return long.toString(16).padStart(16, '0');
}

/** A Control as a binary message. */
export function writeControl({ hello, welcome, cancel, credit = 0, stopping = false }: ControlMessage): Uint8Array {
  const builder = new Builder(256);
  const helloAt = hello === undefined ? 0 : writeHello(builder, hello);
  const welcomeAt = welcome === undefined ? 0 : writeWelcome(builder, welcome);
  const cancelAt = cancel === undefined ? 0 : Control.createCancelVector(builder, [...cancel]);
  Control.startControl(builder);
  if (hello !== undefined) Control.addHello(builder, helloAt);
  if (welcome !== undefined) Control.addWelcome(builder, welcomeAt);
  if (cancel !== undefined) Control.addCancel(builder, cancelAt);
  Control.addCredit(builder, credit);
  Control.addStopping(builder, stopping);
  Control.finishControlBuffer(builder, Control.endControl(builder));
  return builder.asUint8Array();
}

function writeHello(builder: Builder, { protocolMin, protocolMax, credit, bundles, client }: HelloMessage): number {
  const names = Hello.createBundlesVector(
    builder,
    bundles.map((name) => builder.createString(name)),
  );
  const clientAt = builder.createString(client);
  Hello.startHello(builder);
  Hello.addProtocolMin(builder, protocolMin);
  Hello.addProtocolMax(builder, protocolMax);
  Hello.addCredit(builder, credit);
  Hello.addBundles(builder, names);
  Hello.addClient(builder, clientAt);
  return Hello.endHello(builder);
}

function writeWelcome(builder: Builder, welcome: WelcomeMessage): number {
  const bundles = Welcome.createBundlesVector(
    builder,
    welcome.bundles.map((bundle) => writeBundle(builder, bundle)),
  );
  const server = builder.createString(welcome.server);
  Welcome.startWelcome(builder);
  Welcome.addProtocol(builder, welcome.protocol);
  Welcome.addServer(builder, server);
  Welcome.addCredit(builder, welcome.credit);
  Welcome.addFrameBytesMax(builder, welcome.frameBytesMax);
  Welcome.addRequestsMax(builder, welcome.requestsMax);
  Welcome.addIdleSecondsMax(builder, welcome.idleSecondsMax);
  Welcome.addBundles(builder, bundles);
  return Welcome.endWelcome(builder);
}

function writeBundle(builder: Builder, { bundle, version, image, model, earlier }: BundleModelMessage): number {
  const long = (digits: string): bigint => BigInt(`0x${digits}`);
  const earlierAt = BundleModel.createEarlierVector(builder, earlier.map(long));
  const bundleAt = builder.createString(bundle);
  const versionAt = builder.createString(version);
  BundleModel.startBundleModel(builder);
  BundleModel.addBundle(builder, bundleAt);
  BundleModel.addVersion(builder, versionAt);
  BundleModel.addImage(builder, long(image));
  BundleModel.addModel(builder, long(model));
  BundleModel.addEarlier(builder, earlierAt);
  return BundleModel.endBundleModel(builder);
}
