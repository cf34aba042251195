// SPDX-License-Identifier: MIT
#include "tests/fakes/debrid/cdn.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sluice/sdk/text.hpp>
#include <system_error>
#include <utility>

namespace sluice::fakes::debrid {
namespace {

constexpr std::uint64_t kMaxBody = 64 * 1024 * 1024;  // of what a fake answers at once

std::optional<std::uint64_t> Number(std::string_view text) {
  std::uint64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  return fault == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

/// First and last octet that a Range asks for; nothing: the whole. An empty one: it cannot be satisfied.
std::optional<std::pair<std::uint64_t, std::uint64_t>> ReadRange(std::string_view range, std::uint64_t size) {
  if (!range.starts_with("bytes=") || range.find(',') != std::string_view::npos) return std::nullopt;
  range.remove_prefix(6);
  const auto first_text = sdk::TakeUpTo(range, '-');
  const auto first = Number(first_text), last = Number(range);
  if (first_text.empty() && last) return std::pair(size - std::min(size, *last), size == 0 ? 0 : size - 1);
  if (!first || (!range.empty() && !last)) return std::nullopt;
  return std::pair(*first, std::min(last.value_or(size), size == 0 ? 0 : size - 1));
}

Response Plain(int status, std::string text) {
  return {.status = status, .headers = {{"Content-Type", "text/plain"}}, .body = std::move(text)};
}

}  // namespace

std::string Cdn::Link(const ContentFile& file, std::string bound_ip, std::string owner) {
  const auto now = world_.Now();
  const std::lock_guard lock(mutex_);
  const auto id = std::to_string(links_.size() + 1);
  const auto token = "cdn-token-" + id;
  links_[id] = {.file = file, .ip = std::move(bound_ip), .owner = std::move(owner), .token = token, .made_at = now};
  return base_url_ + std::string(kPrefix) + id + "?token=" + token;
}

void Cdn::SetLife(std::chrono::seconds life) {
  const std::lock_guard lock(mutex_);
  life_ = life;
}

Response Cdn::Answer(const Request& request) const {
  const auto now = world_.Now();
  const std::lock_guard lock(mutex_);
  const auto found = links_.find(request.path.substr(kPrefix.size()));
  if (request.method != "GET" && request.method != "HEAD") return Plain(405, "GET or HEAD");
  if (found == links_.end() || Find(request.query, "token") != found->second.token) return Plain(403, "no such link");
  const auto& link = found->second;
  if (now >= link.made_at + life_) return Plain(410, "the link has expired");
  if (!link.ip.empty() && link.ip != request.client_ip) return Plain(403, "not from this address");
  const auto size = link.file.size;
  const auto name = link.file.name.substr(link.file.name.rfind('/') + 1);
  Response answer{.headers = {{"Content-Type", "video/x-matroska"},
                              {"Accept-Ranges", "bytes"},
                              {"ETag", "\"" + found->first + "\""},
                              {"Content-Disposition", "attachment; filename=\"" + name + "\""}}};
  const auto range = ReadRange(request.header("Range"), size);
  auto first = std::uint64_t{0}, length = size;
  if (range) {
    if (range->first >= size || range->first > range->second) {
      answer.status = 416;
      answer.headers.push_back({"Content-Range", "bytes */" + std::to_string(size)});
      return answer;
    }
    first = range->first;
    length = range->second - first + 1;
    answer.status = 206;
    answer.headers.push_back({"Content-Range", "bytes " + std::to_string(first) + "-" + std::to_string(range->second) +
                                                   "/" + std::to_string(size)});
  }
  answer.headers.push_back({"Content-Length", std::to_string(length)});
  if (request.method == "GET") {
    if (!link.owner.empty()) world_.Log("cdn of " + link.owner);
    answer.body = Octets(link.file.name, first, std::min(length, kMaxBody));
  }
  return answer;
}

std::string Cdn::Octets(std::string_view name, std::uint64_t offset, std::uint64_t size) {
  std::uint32_t seed = 2166136261U;
  for (const char c : name) seed = (seed ^ static_cast<unsigned char>(c)) * 16777619U;
  std::string octets(size, '\0');
  for (std::uint64_t i = 0; i < size; ++i)
    octets[i] = static_cast<char>((seed + static_cast<std::uint32_t>(offset + i) * 2654435761U) >> 24U);
  return octets;
}

}  // namespace sluice::fakes::debrid
