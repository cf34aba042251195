// SPDX-License-Identifier: MIT
// Up to the first line end the name of a release, then an expression and a sort list. No fault; the same record is
// judged the same twice; what does not compile says where.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/endpoint/stremio/sort.hpp"
#include "plugins/endpoint/stremio/stream_record.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::plugins;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto end = octets.find('\n');
  const auto name = end == std::string_view::npos ? std::string_view("Show.S01.1080p") : octets.substr(0, end);
  const auto source = end == std::string_view::npos ? octets : octets.substr(end + 1);

  static_cast<void>(stremio::ParseSort(source));
  const auto filter = stremio::Filter::Compile(source);
  if (!filter) {
    if (!filter.error().message.starts_with("filter: ")) std::abort();
    return 0;
  }
  stremio::Stream stream{.hash = std::string(40, 'a'), .name = std::string(name)};
  stream.release = titles::Parse(name);
  stream.size_bytes = size;
  std::vector<stremio::Stream> both{stream, stream};
  both[1].file_size_bytes = 1;
  stremio::KeepWanted(both, *filter, "series", "addon");
  const stremio::StreamRecord record(stream, "series", "addon");
  if (filter->Keeps(record) != filter->Keeps(record)) std::abort();
  return 0;
}
