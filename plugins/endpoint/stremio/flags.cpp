// SPDX-License-Identifier: MIT
#include "flags.hpp"

#include <algorithm>
#include <iterator>

namespace sluice::plugins::stremio {
namespace {

struct Row {
  std::string_view language;
  std::string_view country;  ///< ISO 3166-1 alpha-2.
};

constexpr Row kFlags[] = {
    {"ar", "SA"},    {"be", "BY"}, {"bg", "BG"}, {"bn", "BD"},    {"bs", "BA"},     {"cs", "CZ"}, {"da", "DK"},
    {"de", "DE"},    {"el", "GR"}, {"en", "GB"}, {"es", "ES"},    {"es-419", "MX"}, {"et", "EE"}, {"fa", "IR"},
    {"fi", "FI"},    {"fr", "FR"}, {"gu", "IN"}, {"he", "IL"},    {"hi", "IN"},     {"hr", "HR"}, {"hu", "HU"},
    {"hy", "AM"},    {"id", "ID"}, {"is", "IS"}, {"it", "IT"},    {"ja", "JP"},     {"ka", "GE"}, {"kk", "KZ"},
    {"kn", "IN"},    {"ko", "KR"}, {"lt", "LT"}, {"lv", "LV"},    {"mk", "MK"},     {"ml", "IN"}, {"mr", "IN"},
    {"ms", "MY"},    {"nb", "NO"}, {"nl", "NL"}, {"no", "NO"},    {"pa", "IN"},     {"pl", "PL"}, {"pt", "PT"},
    {"pt-br", "BR"}, {"ro", "RO"}, {"ru", "RU"}, {"sk", "SK"},    {"sl", "SI"},     {"sq", "AL"}, {"sr", "RS"},
    {"sv", "SE"},    {"ta", "IN"}, {"te", "IN"}, {"th", "TH"},    {"tl", "PH"},     {"tr", "TR"}, {"uk", "UA"},
    {"ur", "PK"},    {"vi", "VN"}, {"zh", "CN"}, {"zh-tw", "TW"},
};

}  // namespace

std::string FlagOf(std::string_view language) {
  const auto* const found = std::ranges::find(kFlags, language, &Row::language);
  if (found == std::end(kFlags)) return std::string(language);
  std::string out;
  // U+1F1E6 is the regional indicator A.
  for (const char c : found->country) out.append("\xF0\x9F\x87").append(1, static_cast<char>(0xA6 + (c - 'A')));
  return out;
}

}  // namespace sluice::plugins::stremio
