// SPDX-License-Identifier: MIT
#include "core/config/reader.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/config/document.hpp"
#include "core/config/values.hpp"
#include "core/config/wording.hpp"

namespace sluice::config {
namespace {

const Json kEmptyMap = Json::object();

std::string Range(std::string_view min, std::string_view max) {
  return " from " + std::string(min) + " to " + std::string(max);
}

/// Why digits are not a number here: they stand in quotes, or would be octal to some readers.
std::string_view NumberHint(const Json& value) {
  if (!value.is_string()) return "";
  const auto& text = value.get_ref<const std::string&>();
  if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) return "";
  return text.size() > 1 && text.front() == '0' ? " without a leading zero" : " without quotes";
}

}  // namespace

void Reporter::Add(const std::string& pointer, std::string message) const {
  faults_.Add(At(pointer), std::move(message));
}

void Reporter::Want(const std::string& pointer, std::string_view wanted, const Json& found) const {
  Add(pointer, "want " + std::string(wanted) + ", found " + Describe(found, Secret(pointer)));
}

void Reporter::Want(const Text& found, std::string_view wanted) const {
  Want(found.pointer, wanted, Json(found.value));
}

Place Reporter::At(const std::string& pointer) const { return PlaceOf(document_.places, pointer); }

bool Reporter::Broken(const std::string& pointer) const {
  if (document_.broken.contains(pointer)) return true;
  const auto below = document_.broken.lower_bound(pointer + "/");
  return below != document_.broken.end() && below->starts_with(pointer + "/");
}

MapReader::MapReader(const Reporter& reporter, const Json& map, std::string pointer)
    : reporter_(reporter),
      map_(map.is_object() ? map : kEmptyMap),
      is_map_(map.is_object() || map.is_null()),
      pointer_(std::move(pointer)) {
  if (!is_map_) reporter_.Want(pointer_, "a map", map);
}

std::string MapReader::At(std::string_view key) const { return pointer_ + Child(key); }

const Json* MapReader::Find(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  const auto found = map_.find(key);
  return found == map_.end() || found->is_null() ? nullptr : &*found;
}

const Json* MapReader::Need(std::string_view key, std::string_view wanted) {
  const auto* value = Find(key);
  if (value == nullptr && is_map_ && !reporter_.Broken(At(key)) && !reporter_.Broken(pointer_)) {
    reporter_.Add(pointer_, Ticked(key) + " is missing: want " + std::string(wanted));
  }
  return value;
}

void MapReader::String(std::string_view key, std::string& out) {
  const auto* value = Find(key);
  if (value == nullptr) return;
  if (value->is_string()) {
    out = value->get<std::string>();
  } else {
    reporter_.Want(At(key), value->is_primitive() ? "a string in quotes" : "a string", *value);
  }
}

void MapReader::Bool(std::string_view key, bool& out) {
  const auto* value = Find(key);
  if (value == nullptr) return;
  if (const auto flag = ParseBool(*value)) {
    out = *flag;
  } else {
    reporter_.Want(At(key), "true or false", *value);
  }
}

void MapReader::Whole(std::string_view key, std::uint32_t& out, std::uint32_t min, std::uint32_t max) {
  const auto* value = Find(key);
  if (value == nullptr) return;
  const bool whole = value->is_number_integer();
  const bool fits = whole && (value->is_number_unsigned() ? value->get<std::uint64_t>() >= min
                                                          : value->get<std::int64_t>() >= std::int64_t{min});
  if (fits && value->get<std::uint64_t>() <= max) {
    out = value->get<std::uint32_t>();
    return;
  }
  const auto range = Range(std::to_string(min), std::to_string(max));
  reporter_.Want(At(key), "a whole number" + range + std::string(NumberHint(*value)), *value);
}

void MapReader::Real(std::string_view key, double& out, double min, double max) {
  const auto* value = Find(key);
  if (value == nullptr) return;
  if (value->is_number() && value->get<double>() >= min && value->get<double>() <= max) {
    out = value->get<double>();
    return;
  }
  const auto range = Range(Json(min).dump(), Json(max).dump());
  reporter_.Want(At(key), "a number" + range + std::string(NumberHint(*value)), *value);
}

void MapReader::Duration(std::string_view key, milliseconds& out, milliseconds min, milliseconds max) {
  const auto* value = Find(key);
  if (value == nullptr) return;
  const auto duration = value->is_string() ? ParseDuration(value->get_ref<const std::string&>()) : std::nullopt;
  if (!duration) {
    reporter_.Want(At(key), "a duration such as 250ms, 5s, 2m or 1h", *value);
  } else if (*duration < min || *duration > max) {
    reporter_.Want(At(key), "a duration" + Range(FormatDuration(min), FormatDuration(max)), *value);
  } else {
    out = *duration;
  }
}

void MapReader::Size(std::string_view key, std::uint64_t& out, std::uint64_t min, std::uint64_t max) {
  const auto* value = Find(key);
  if (value == nullptr) return;
  std::optional<std::uint64_t> size;
  if (value->is_string()) size = ParseSize(value->get_ref<const std::string&>());
  if (value->is_number_integer() && (value->is_number_unsigned() || value->get<std::int64_t>() >= 0)) {
    size = value->get<std::uint64_t>();
  }
  if (!size) {
    reporter_.Want(At(key), "a size such as 1000, 64KiB or 8MiB", *value);
  } else if (*size < min || *size > max) {
    reporter_.Want(At(key), "a size" + Range(FormatSize(min), FormatSize(max)), *value);
  } else {
    out = *size;
  }
}

void MapReader::Size(std::string_view key, std::uint32_t& out, std::uint32_t min, std::uint32_t max) {
  std::uint64_t size = out;
  Size(key, size, min, std::uint64_t{max});
  out = static_cast<std::uint32_t>(size);
}

std::vector<Text> MapReader::Strings(std::string_view key) {
  const auto* value = Find(key);
  return value == nullptr ? std::vector<Text>() : ReadStrings(reporter_, *value, At(key));
}

std::vector<Text> MapReader::Words(std::string_view key) { return SplitWords(Strings(key)); }

bool MapReader::Has(std::string_view key) const { return map_.contains(key); }

void MapReader::Finish() {
  for (const auto& [key, value] : map_.items()) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
      reporter_.Add(At(key), UnknownKey(key, known_));
    }
  }
}

std::vector<Text> ReadStrings(const Reporter& reporter, const Json& value, const std::string& pointer,
                              std::string_view wanted) {
  std::vector<Text> texts;
  if (value.is_string()) {
    texts.push_back({value.get<std::string>(), pointer});
  } else if (!value.is_array()) {
    reporter.Want(pointer, wanted, value);
  } else {
    for (std::size_t i = 0; i < value.size(); ++i) {
      auto at = pointer + Child(i);
      if (value[i].is_string()) {
        texts.push_back({value[i].get<std::string>(), std::move(at)});
      } else if (!reporter.Broken(at)) {
        reporter.Want(at, "a string", value[i]);
      }
    }
  }
  return texts;
}

std::vector<Text> SplitWords(const std::vector<Text>& texts) {
  static constexpr std::string_view kBetween = ", \t\r\n";
  std::vector<Text> words;
  for (const auto& text : texts) {
    std::string_view rest = text.value;
    while (true) {
      rest.remove_prefix(std::min(rest.find_first_not_of(kBetween), rest.size()));
      if (rest.empty()) break;
      const auto word = rest.substr(0, rest.find_first_of(kBetween));
      words.push_back({std::string(word), text.pointer});
      rest.remove_prefix(word.size());
    }
  }
  return words;
}

std::optional<bool> ParseBool(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (!value.is_string()) return std::nullopt;
  static constexpr std::array<std::string_view, 9> kTrue = {"true", "True", "TRUE", "yes", "Yes",
                                                            "YES",  "on",   "On",   "ON"};
  static constexpr std::array<std::string_view, 9> kFalse = {"false", "False", "FALSE", "no", "No",
                                                             "NO",    "off",   "Off",   "OFF"};
  const auto& text = value.get_ref<const std::string&>();
  if (std::find(kTrue.begin(), kTrue.end(), text) != kTrue.end()) return true;
  if (std::find(kFalse.begin(), kFalse.end(), text) != kFalse.end()) return false;
  return std::nullopt;
}

}  // namespace sluice::config
