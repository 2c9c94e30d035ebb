// Writes the files of a folder, compressed, into a C++ source: dashboard_files() of src/http/dashboard_files.h.
//   node embed.mjs FOLDER OUTPUT
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
};

function* filesIn(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else yield path;
  }
}

const [folder, output] = process.argv.slice(2);
const files = [...filesIn(folder)].sort().map((path, index) => {
  const name = "/" + relative(folder, path);
  const type = types[extname(path)];
  if (!type) throw new Error(`${path}: unknown type: add it to embed.mjs`);
  const bytes = gzipSync(readFileSync(path), { level: 9 });
  const numbers = [...bytes].join(",").replace(/(.{90},)/g, "$1\n  ");
  return {
    array: `constexpr std::uint8_t file_${index}[] = {\n  ${numbers}};`,
    entry: `  {"${name}", "${type}", file_${index}, ${name.startsWith("/assets/")}},`,
  };
});
writeFileSync(
  output,
  `// Made by web/embed.mjs.
#include "http/dashboard_files.h"

namespace apiary {
namespace {

${files.map((file) => file.array).join("\n")}

constexpr DashboardFile files[] = {
${files.map((file) => file.entry).join("\n")}
};

}  // namespace

std::span<const DashboardFile> dashboard_files() { return files; }

}  // namespace apiary
`,
);
