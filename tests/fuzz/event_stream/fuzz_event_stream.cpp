// SPDX-License-Identifier: MIT
// A pool's feed. Wherever it is cut, the events are the same; ids and types are one line each; what follows an empty
// line is read as if nothing had come before it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "plugins/auth/chillstreams/event_stream.hpp"

namespace {

using namespace sluice::plugins::chillstreams;

void CheckLine(const std::string& text) {
  if (text.find_first_of("\r\n") != std::string::npos) std::abort();
}

std::string EventsOf(std::string_view text, std::size_t piece) {
  EventStream stream("first");
  std::string seen;
  while (!text.empty()) {
    const auto taken = text.substr(0, piece);
    text.remove_prefix(taken.size());
    const bool more = stream.Take(taken, [&](const StreamEvent& event) {
      CheckLine(event.type);
      if (event.type.empty() || event.data.find('\r') != std::string::npos) std::abort();
      seen += event.type + "\n" + event.data + "\r";
      return true;
    });
    if (!more) {
      if (!stream.is_too_long()) std::abort();
      break;
    }
  }
  CheckLine(stream.last_event_id());
  return seen + stream.last_event_id();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto whole = EventsOf(input, size + 1);
  for (const auto piece : {std::size_t{1}, std::size_t{2}, std::size_t{5}}) {
    if (EventsOf(input, piece) != whole) std::abort();
  }
  // A feed that begins anew says the same once more.
  const std::string after = ": comment\n\ndata: x\n\n" + std::string(input);
  if (size > 0 && data[0] < 0x80 && EventsOf(after, after.size()) != "message\nx\r" + whole) std::abort();
  return 0;
}
