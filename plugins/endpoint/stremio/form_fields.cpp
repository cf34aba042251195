// SPDX-License-Identifier: MIT
#include "form_fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <system_error>
#include <utility>

#include "configure_form.hpp"
#include "text.hpp"
#include "userdata_url.hpp"

namespace sluice::plugins::stremio {
namespace {

constexpr std::array<std::string_view, 9> kNames{
    "stores_length", "indexers_length", "cached", "uncached_private", "proxied", "saved", "sort", "filter", "more"};
constexpr std::string_view kBaseName = "base";
constexpr std::array<std::string_view, 4> kStoreMembers{"code", "token", "auth", "kept"};
constexpr std::array<std::string_view, 4> kIndexerMembers{"name", "url", "apikey", "kept"};

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

/// The row that a field belongs to; none: it is no field of that list.
std::optional<std::size_t> RowOf(std::string_view name, std::string_view list,
                                 const std::array<std::string_view, 4>& members) {
  if (!name.starts_with(list) || !name.substr(list.size()).starts_with('[')) return std::nullopt;
  name.remove_prefix(list.size() + 1);
  const auto row = NumberOf(sdk::TakeUpTo(name, ']'));
  if (!row || !name.starts_with('.') || std::ranges::find(members, name.substr(1)) == members.end())
    return std::nullopt;
  return row;
}

std::optional<std::size_t> RowOf(std::string_view name, std::string_view list) {
  return RowOf(name, list, list == "stores" ? kStoreMembers : kIndexerMembers);
}

/// Names that are not known may be anything, and are not repeated.
bool IsKnown(std::string_view name) {
  return std::ranges::find(kNames, name) != kNames.end() || name == kBaseName || RowOf(name, "stores") ||
         RowOf(name, "indexers");
}

sdk::Result<std::string> Decode(std::string_view text, const std::string& place) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  auto out = sdk::PercentDecode(spaced);
  if (!out) return Invalid(place + ": want two hex digits after each %");
  for (std::string_view rest = *out; !rest.empty();)
    if (sdk::TakeCharacter(rest) == sdk::kNoCharacter) return Invalid(place + ": want UTF-8");
  return out;
}

}  // namespace

std::optional<std::size_t> NumberOf(std::string_view text) {
  std::size_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number);
  if (fault != std::errc() || stop != end || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  return number;
}

sdk::Result<FormFields> FormFields::Read(std::string_view body) {
  if (body.size() > kMaxFormBytes) return Invalid("form: want at most " + std::to_string(kMaxFormBytes) + " octets");
  FormFields out;
  while (!body.empty()) {
    auto pair = sdk::TakeUpTo(body, '&');
    if (pair.empty()) continue;
    const auto name = Decode(sdk::TakeUpTo(pair, '='), "form: name of a field");
    if (!name) return name.error();
    if (!IsKnown(*name)) return Invalid("form: has a field that is not known");
    if (pair.size() > 3 * kMaxSegmentBytes)
      return Invalid(*name + ": want at most " + std::to_string(kMaxSegmentBytes) + " octets");
    auto text = Decode(pair, *name);
    if (!text) return std::move(text).error();
    if (text->size() > kMaxSegmentBytes)
      return Invalid(*name + ": want at most " + std::to_string(kMaxSegmentBytes) + " octets");
    if (!out.texts_.emplace(*name, *std::move(text)).second) return Invalid(*name + ": want it once");
  }
  return out;
}

std::string_view FormFields::Text(std::string_view name) const {
  const auto found = texts_.find(name);
  return found == texts_.end() ? std::string_view() : found->second;
}

sdk::Result<bool> FormFields::Ticked(std::string_view name) const {
  const auto found = texts_.find(name);
  if (found != texts_.end() && found->second != "on") return Invalid(std::string(name) + R"(: want "on")");
  return found != texts_.end();
}

sdk::Result<std::size_t> FormFields::Rows(std::string_view list, std::size_t max) const {
  const auto name = std::string(list) + "_length";
  const auto found = texts_.find(name);
  const auto rows = found == texts_.end() ? std::optional<std::size_t>(0) : NumberOf(found->second);
  if (!rows || *rows > max) return Invalid(name + ": want a number from 0 to " + std::to_string(max));
  const auto wanted = ": want a row below " + name + ", which is " + std::to_string(*rows);
  for (const auto& [field, text] : texts_)
    if (const auto row = RowOf(field, list); row && *row >= *rows) return Invalid(field + wanted);
  return *rows;
}

sdk::Result<std::string> ReadFormBase(std::string_view body) {
  auto fields = FormFields::Read(body);
  if (!fields) return std::move(fields).error();
  return std::string(fields->Text(kBaseName));
}

}  // namespace sluice::plugins::stremio
