import { readFile } from "node:fs/promises";
import type { ExportSettings } from "./settings.ts";

/** PEM contents, under the names Node gives them. */
export interface TlsMaterial {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
}

/** Reads the certificate files an https endpoint needs. Throws with the file's name when one cannot be read. */
export async function readTls({ endpoint, tls }: ExportSettings): Promise<TlsMaterial> {
  if (!endpoint.startsWith("https:")) return {};
  const [ca, cert, key] = await Promise.all(
    [tls.certificateFile, tls.clientCertificateFile, tls.clientKeyFile].map(readPem),
  );
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

async function readPem(file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (cause) {
    throw new Error(
      `cannot read ${file}; check OTEL_EXPORTER_OTLP_CERTIFICATE, _CLIENT_CERTIFICATE and _CLIENT_KEY`,
      {
        cause,
      },
    );
  }
}
