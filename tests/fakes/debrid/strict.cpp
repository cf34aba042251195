// SPDX-License-Identifier: MIT
#include "tests/fakes/debrid/strict.hpp"

#include <algorithm>

namespace sluice::fakes::debrid {

Response JsonReply(int status, const nlohmann::json& body) {
  return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = body.dump()};
}

bool OnlyKnows(const Params& params, const std::set<std::string>& names) {
  return std::all_of(params.begin(), params.end(), [&](const auto& pair) { return names.contains(pair.first); });
}

std::optional<std::uint64_t> ReadNumber(const std::optional<std::string>& text) {
  if (!text || text->empty() || text->size() > 18 || text->find_first_not_of("0123456789") != std::string::npos ||
      (text->size() > 1 && text->front() == '0'))
    return std::nullopt;
  return std::stoull(*text);
}

std::optional<Params> ReadFormBody(const Request& request) {
  if (request.header("Content-Type") != "application/x-www-form-urlencoded") return std::nullopt;
  return ReadForm(request.body);
}

std::string BearerOf(const Request& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto field = request.header("Authorization");
  return field.starts_with(kScheme) ? std::string(field.substr(kScheme.size())) : std::string();
}

std::uint64_t SizeOf(const Content& content) {
  std::uint64_t size = 0;
  for (const auto& file : content.files) size += file.size;
  return size;
}

std::string_view LastPart(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace sluice::fakes::debrid
