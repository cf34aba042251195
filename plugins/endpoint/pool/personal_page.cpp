// SPDX-License-Identifier: MIT
#include "personal_page.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <sluice/sdk/text.hpp>

#include "common/markup/escape_xml.hpp"
#include "endpoint/common/page_policy.hpp"

namespace sluice::plugins::pool {
namespace {

constexpr std::string_view kStyle =
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}"
    "table{width:100%;border-collapse:collapse}th,td{text-align:left;padding:.5rem;border-bottom:1px solid #8884}";

/// "2026-01-01 00:00 UTC"
std::string TimeOf(std::int64_t seconds) {
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d UTC", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()));
  return text.data();
}

/// In thousandths; what names the type exactly counts, then what names its group, then everything.
long QualityOf(std::string_view accept, std::string_view group, std::string_view type) {
  long best = 0;
  int best_match = 0;
  while (!accept.empty()) {
    auto item = sdk::TakeUpTo(accept, ',');
    const auto range = sdk::TrimSpace(sdk::TakeUpTo(item, ';'));
    const int match = sdk::EqualsIgnoreCase(range, type)                        ? 3
                      : sdk::EqualsIgnoreCase(range, std::string(group) + "/*") ? 2
                      : range == "*/*"                                          ? 1
                                                                                : 0;
    if (match <= best_match) continue;
    best_match = match;
    best = 1000;
    while (!item.empty()) {
      const auto parameter = sdk::TrimSpace(sdk::TakeUpTo(item, ';'));
      if (!sdk::EqualsIgnoreCase(parameter.substr(0, 2), "q=")) continue;
      best = static_cast<long>(1000 * std::strtod(std::string(parameter.substr(2)).c_str(), nullptr));
    }
  }
  return best;
}

}  // namespace

std::string HtmlOf(const Person& person) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Your devices</title><style>";
  out.append(kStyle).append("</style></head><body><h1>Your devices</h1><p>");
  out += markup::EscapeXml(person.name) + ": " + std::to_string(person.devices.size()) + " of " +
         std::to_string(person.device_limit) +
         " places are taken. A device that you drop may come back while there is "
         "a place.</p><table><tr><th>Device</th><th>First seen</th><th>Last seen</th><th></th></tr>";
  for (const auto& device : person.devices) {
    const auto name = device.label.empty() ? "Device " + device.id.substr(0, 8) : device.label;
    out += "<tr><td>" + markup::EscapeXml(name) + "</td><td>" + TimeOf(device.first_seen) + "</td><td>" +
           TimeOf(device.last_seen) + "</td><td><form method=\"post\"><button name=\"device\" value=\"" +
           markup::EscapeXml(device.id) + "\">Drop</button></form></td></tr>";
  }
  return out + "</table></body></html>\n";
}

std::string PagePolicy() { return page::Policy(kStyle); }

bool PrefersHtml(std::string_view accept) {
  return QualityOf(accept, "text", "text/html") > QualityOf(accept, "application", "application/json");
}

}  // namespace sluice::plugins::pool
