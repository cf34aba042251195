// SPDX-License-Identifier: MIT
#include "usage_api.hpp"

#include <array>
#include <limits>
#include <utility>

#include "paging.hpp"

namespace sluice::plugins::pool {
namespace {

constexpr std::size_t kMaxText = 128;
constexpr std::int64_t kExportedAtOnce = 1000;
constexpr std::string_view kCsvHead = "id,user,key,action,hash,cached,bytes,at\r\n";

Json JsonOf(const UsageEntry& entry) {
  return Json{{"id", entry.id},     {"user", entry.user},     {"key", entry.key},     {"action", entry.action},
              {"hash", entry.hash}, {"cached", entry.cached}, {"bytes", entry.bytes}, {"at", entry.happened_at}};
}

Place PlaceOf(const UsageEntry& entry) { return {.at = entry.happened_at, .id = entry.id}; }

sdk::Result<UsageFilter> ReadFilter(const Request& request) {
  UsageFilter filter;
  const std::array<std::pair<const char*, std::string*>, 3> texts{
      {{"user", &filter.user}, {"key", &filter.key}, {"action", &filter.action}}};
  for (const auto& [name, into] : texts) {
    auto text = QueryText(request, name, kMaxText);
    if (!text) return std::move(text).error();
    *into = text->value_or("");
  }
  constexpr auto kLatest = std::numeric_limits<std::int64_t>::max();
  const auto from = QueryNumber(request, "from", 0, kLatest);
  if (!from) return from.error();
  const auto to = QueryNumber(request, "to", 0, kLatest);
  if (!to) return to.error();
  filter.from = *from;
  filter.to = *to;
  return filter;
}

std::string Cell(std::string_view text) {
  std::string out = "\"";
  if (!text.empty() && std::string_view("=+-@").find(text[0]) != std::string_view::npos) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

}  // namespace

std::string CsvOf(const UsageEntry& entry) {
  std::string out;
  for (const auto* const text : {&entry.id, &entry.user, &entry.key, &entry.action, &entry.hash}) {
    out += Cell(*text) + ",";
  }
  return out + (entry.cached ? "true," : "false,") + std::to_string(entry.bytes) + "," +
         std::to_string(entry.happened_at) + "\r\n";
}

std::vector<Served> UsageApi::Routes() { return {ServedBy(this, "GET", "/usage", kOperatorScope, &UsageApi::Answer)}; }

sdk::Status UsageApi::Answer(const Request& request) {
  auto filter = ReadFilter(request);
  if (!filter) return std::move(filter).error();
  const auto format = QueryText(request, "format", kMaxText);
  if (!format) return format.error();
  if (!*format) return SendPage(request, *std::move(filter));
  if (**format != "json" && **format != "csv") {
    return Invalid("format: want json or csv, which are sent whole; without it a page is");
  }
  return Export(request, *std::move(filter), **format == "csv");
}

sdk::Status UsageApi::SendPage(const Request& request, UsageFilter filter) const {
  const auto page = ReadPage(request);
  if (!page) return page.error();
  filter.after = page->after;
  auto entries = usage_.Page(request.call, filter, page->rows());
  if (!entries) return std::move(entries).error();
  return SendJson(request, 200, PageOf("usage", *std::move(entries), *page, PlaceOf, JsonOf));
}

sdk::Status UsageApi::Export(const Request& request, UsageFilter filter, bool csv) const {
  auto entries = usage_.Page(request.call, filter, kExportedAtOnce);  // before the head: it may still fail
  if (!entries) return std::move(entries).error();
  const std::array headers{
      sdk::Header{"Content-Type", csv ? "text/csv; charset=utf-8; header=present" : "application/json"},
      sdk::Header{"Content-Disposition",
                  csv ? "attachment; filename=\"usage.csv\"" : "attachment; filename=\"usage.json\""},
      sdk::Header{"Cache-Control", "no-store"},
      sdk::Header{"X-Content-Type-Options", "nosniff"},
  };
  if (auto started = request.response.Start(200, headers); !started) return started;
  std::string text(csv ? kCsvHead : "[");
  for (bool first = true;;) {
    for (const auto& entry : *entries) {
      text += csv ? CsvOf(entry) : (first ? "" : ",\n") + TextOf(JsonOf(entry));
      first = false;
    }
    const bool is_last = entries->size() < static_cast<std::size_t>(kExportedAtOnce);
    if (is_last && !csv) text += "]\n";
    if (auto written = request.response.Write(sdk::AsBytes(text)); !written || is_last) return written;
    text.clear();
    filter.after = PlaceOf(entries->back());
    entries = usage_.Page(request.call, filter, kExportedAtOnce);
    if (!entries) return std::move(entries).error();
  }
}

}  // namespace sluice::plugins::pool
