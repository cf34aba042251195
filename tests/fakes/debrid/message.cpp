// SPDX-License-Identifier: MIT
#include "tests/fakes/debrid/message.hpp"

#include <algorithm>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>

namespace sluice::fakes::debrid {
namespace {

std::string Decoded(std::string_view text) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '+', ' ');
  const auto decoded = sdk::PercentDecode(plain);
  return decoded ? *decoded : "?";
}

/// `name="value"` of a header field.
std::string Quoted(std::string_view field, const std::string& name) {
  const auto at = field.find(name + "=\"");
  if (at == std::string_view::npos) return {};
  const auto begin = at + name.size() + 2;
  return std::string(field.substr(begin, field.find('"', begin) - begin));
}

}  // namespace

std::optional<std::string> Find(const Params& params, std::string_view name) {
  const auto found = std::find_if(params.begin(), params.end(), [&](const auto& pair) { return pair.first == name; });
  return found == params.end() ? std::nullopt : std::optional(found->second);
}

Params ReadForm(std::string_view text) {
  Params params;
  while (!text.empty()) {
    auto value = sdk::TakeUpTo(text, '&');
    const auto name = sdk::TakeUpTo(value, '=');
    params.emplace_back(Decoded(name), Decoded(value));
  }
  return params;
}

Request MakeRequest(std::string method, std::string_view target, std::vector<sdk::Header> headers, std::string body) {
  auto query = target;
  const auto path = sdk::TakeUpTo(query, '?');
  const auto decoded = sdk::PercentDecode(path);
  return {.method = std::move(method),
          .path = decoded ? *decoded : std::string(path),
          .query = ReadForm(query),
          .headers = std::move(headers),
          .body = std::move(body)};
}

std::optional<std::vector<Part>> ReadMultipart(const Request& request) {
  const auto type = request.header("Content-Type");
  const auto mark = type.find("boundary=");
  if (!type.starts_with("multipart/form-data;") || mark == std::string_view::npos) return std::nullopt;
  const auto line = "--" + std::string(type.substr(mark + 9));
  std::string_view rest = request.body;
  if (!rest.starts_with(line)) return std::nullopt;
  rest.remove_prefix(line.size());
  std::vector<Part> parts;
  while (rest.starts_with("\r\n")) {
    const auto head_end = rest.find("\r\n\r\n");
    const auto end = rest.find("\r\n" + line, head_end);
    if (head_end == std::string_view::npos || end == std::string_view::npos) return std::nullopt;
    const auto head = rest.substr(2, head_end - 2);
    parts.push_back({.name = Quoted(head, " name"),
                     .file_name = Quoted(head, "filename"),
                     .octets = std::string(rest.substr(head_end + 4, end - head_end - 4))});
    rest.remove_prefix(end + 2 + line.size());
  }
  if (rest != "--\r\n" && rest != "--") return std::nullopt;
  return parts;
}

}  // namespace sluice::fakes::debrid
