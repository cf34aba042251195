// SPDX-License-Identifier: MIT
#include "event_stream.hpp"

#include <algorithm>
#include <utility>

namespace sluice::plugins::chillstreams {
namespace {

constexpr std::size_t kMaxBytes = 64 * 1024;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

bool EventStream::Take(std::string_view octets, const Handler& handler) {
  if (std::exchange(after_cr_, after_cr_ && octets.empty()) && octets.starts_with('\n')) octets.remove_prefix(1);
  while (!octets.empty()) {
    const auto end = octets.find_first_of("\r\n");
    if (!Fits(line_.size() + std::min(end, octets.size()))) return false;
    line_ += octets.substr(0, end);
    if (end == std::string_view::npos) return true;
    const bool is_cr = octets[end] == '\r';
    octets.remove_prefix(end + 1);
    after_cr_ = is_cr && octets.empty();
    if (is_cr && octets.starts_with('\n')) octets.remove_prefix(1);
    if (!TakeLine(std::exchange(line_, {}), handler)) return false;
  }
  return true;
}

bool EventStream::TakeLine(std::string_view line, const Handler& handler) {
  if (std::exchange(at_start_, false) && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  if (line.empty()) return Dispatch(handler);
  const auto colon = line.find(':');
  const auto name = line.substr(0, colon);
  auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "event") {
    event_.type = value;
  } else if (name == "data") {
    if (!Fits(event_.data.size() + value.size() + 1)) return false;
    if (std::exchange(has_data_, true)) event_.data += '\n';
    event_.data += value;
  } else if (name == "id" && value.find('\0') == std::string_view::npos) {
    id_ = value;
    has_id_ = true;
  }
  return true;
}

bool EventStream::Dispatch(const Handler& handler) {
  auto event = std::exchange(event_, {});
  const bool has_data = std::exchange(has_data_, false);
  if (has_data || !event.type.empty()) {
    if (event.type.empty()) event.type = "message";
    if (!handler(event)) return false;
  }
  if (std::exchange(has_id_, false)) last_event_id_ = std::move(id_);
  return true;
}

bool EventStream::Fits(std::size_t size) {
  is_too_long_ = is_too_long_ || size > kMaxBytes;
  return !is_too_long_;
}

}  // namespace sluice::plugins::chillstreams
