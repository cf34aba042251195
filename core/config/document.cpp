// SPDX-License-Identifier: MIT
#include "core/config/document.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/config/interpolate.hpp"
#include "core/config/wording.hpp"
#include "core/config/yaml.hpp"

namespace sluice::config {
namespace {

constexpr std::ptrdiff_t kMaxRealDigits = 17;  // what a double holds
constexpr std::size_t kMaxExpandedBytes = 32 * 1024 * 1024;

/// Aliases, merge keys or interpolated files made the document too large.
struct TooLarge {
  int line;
  std::string message;
};

/// A plain scalar as YAML 1.2's core schema has it, less what surprises: text that looks octal, hexadecimal or like
/// "1e3" stays text, and so does a number that would lose digits.
Json TypePlain(const std::string& text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  const auto* begin = text.data();
  const auto* end = begin + text.size();
  if (begin != end && *begin == '+') ++begin;
  const auto* digits = begin != end && *begin == '-' && begin == text.data() ? begin + 1 : begin;
  if (digits == end || *digits < '0' || *digits > '9') return text;
  if (*digits == '0' && digits + 1 != end && digits[1] != '.') return text;
  std::int64_t whole = 0;
  if (const auto [at, error] = std::from_chars(begin, end, whole); at == end && error == std::errc{}) return whole;
  std::uint64_t large = 0;
  if (const auto [at, error] = std::from_chars(begin, end, large); at == end && error == std::errc{}) return large;
  const auto exponent = std::find_if(digits, end, [](char c) { return c == 'e' || c == 'E'; });
  const auto point = std::find(digits, exponent, '.');
  if (point == exponent || exponent - digits - 1 > kMaxRealDigits) return text;
  double real = 0;
  const auto [at, error] = std::from_chars(begin, end, real);
  return at == end && error == std::errc{} && std::isfinite(real) ? Json(real) : Json(text);
}

class Converter {
 public:
  Converter(const std::string& file, const Environment& environment, Document& document, Faults& faults)
      : file_(file), environment_(environment), document_(document), faults_(faults) {}

  void Merge(const YamlNode& root) {
    document_.places.try_emplace("", Place{.file = file_, .line = root.line, .pointer = {}, .secret = false});
    for (const auto* entry : Members(root, 0)) {
      line_ = entry->line;
      const auto pointer = Child(entry->key);
      const auto had = document_.root.find(entry->key);
      if (had == document_.root.end()) {
        document_.root[entry->key] = Convert(*entry->value, pointer, entry->line, 1);
      } else if (entry->key == "version") {
        Json version = Convert(*entry->value, pointer, entry->line, 1);
        if (version != *had) *had = std::move(version);
      } else if (had->is_object() && entry->value->kind == YamlNode::Kind::kMap) {
        MergeSection(*had, *entry->value, pointer);
      } else if (had->is_null()) {
        *had = Convert(*entry->value, pointer, entry->line, 1);
      } else if (entry->value->kind != YamlNode::Kind::kNull) {
        Twice(entry->key, pointer, entry->line);
      }
    }
  }

 private:
  using Entry = YamlNode::Entry;

  void MergeSection(Json& section, const YamlNode& map, const std::string& above) {
    for (const auto* entry : Members(map, 1)) {
      const auto pointer = above + Child(entry->key);
      if (section.contains(entry->key)) {
        Twice(entry->key, pointer, entry->line);
      } else {
        section[entry->key] = Convert(*entry->value, pointer, entry->line, 2);
      }
    }
  }

  void Twice(const std::string& key, const std::string& pointer, int line) {
    const auto& first = document_.places.find(pointer)->second;
    faults_.Add({.file = file_, .line = line, .pointer = pointer, .secret = false},
                Ticked(key) + " is defined twice, first at " + first.file + ":" + std::to_string(first.line));
  }

  /// \param line  where a reader looks for the value: at its key.
  Json Convert(const YamlNode& node, const std::string& pointer, int line, std::size_t depth) {
    if (depth > kMaxYamlDepth) {
      throw TooLarge{line_, "with aliases expanded, nested more than " + std::to_string(kMaxYamlDepth) + " deep"};
    }
    if (++values_ > kMaxYamlNodes) TooMany();
    CountBytes(pointer.size());
    auto& place = document_.places[pointer];
    place = {.file = file_, .line = line, .pointer = pointer, .secret = false};
    switch (node.kind) {
      case YamlNode::Kind::kNull:
        return nullptr;
      case YamlNode::Kind::kScalar:
        return Scalar(node, place);
      case YamlNode::Kind::kList: {
        Json list = Json::array();
        for (const auto& entry : node.entries) {
          list.push_back(Convert(*entry.value, pointer + Child(list.size()), entry.line, depth + 1));
        }
        return list;
      }
      case YamlNode::Kind::kMap:
        break;
    }
    Json map = Json::object();
    // Keys are known to be unique: appended without ordered_map's search, which would make large maps quadratic.
    auto& members = static_cast<Json::object_t::Container&>(map.get_ref<Json::object_t&>());
    for (const auto* entry : Members(node, depth)) {
      members.emplace_back(entry->key, Convert(*entry->value, pointer + Child(entry->key), entry->line, depth + 1));
    }
    return map;
  }

  Json Scalar(const YamlNode& node, Place& place) {
    auto result = Interpolate(node.text, environment_);
    place.secret = result.secret;
    for (auto& error : result.errors) faults_.Add(place, std::move(error));
    if (!result.errors.empty()) {
      document_.broken.insert(place.pointer);
      return nullptr;
    }
    CountBytes(result.text.size());
    return node.plain ? TypePlain(result.text) : Json(std::move(result.text));
  }

  /// The members of a map with its merge keys (`<<`) resolved: what the map says itself comes first and wins.
  std::vector<const Entry*> Members(const YamlNode& map, std::size_t depth) {
    std::vector<const Entry*> members;
    std::set<std::string_view> seen;
    Collect(map, depth, members, seen);
    return members;
  }

  void Collect(const YamlNode& map, std::size_t depth, std::vector<const Entry*>& members,
               std::set<std::string_view>& seen) {
    if (depth > kMaxYamlDepth) throw TooLarge{line_, "merge keys are nested too deep"};
    const Entry* merge = nullptr;
    for (const auto& entry : map.entries) {
      if (++visits_ > 4 * kMaxYamlNodes) TooMany();
      if (entry.plain_key && entry.key == "<<") {
        merge = &entry;
      } else if (seen.insert(entry.key).second) {
        members.push_back(&entry);
      }
    }
    if (merge == nullptr) return;
    const bool list = merge->value->kind == YamlNode::Kind::kList;
    for (std::size_t i = 0; i < (list ? merge->value->entries.size() : 1); ++i) {
      const auto& from = list ? *merge->value->entries[i].value : *merge->value;
      if (from.kind == YamlNode::Kind::kMap) {
        Collect(from, depth + 1, members, seen);
      } else {
        faults_.Add({.file = file_, .line = merge->line, .pointer = {}, .secret = false},
                    "`<<` wants an alias of a map, or a list of them");
      }
    }
  }

  void CountBytes(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ > kMaxExpandedBytes) {
      throw TooLarge{line_, "with aliases and files expanded, larger than " +
                                std::to_string(kMaxExpandedBytes / 1024 / 1024) + " MiB"};
    }
  }

  [[noreturn]] void TooMany() const {
    throw TooLarge{line_, "with aliases expanded, more than " + std::to_string(kMaxYamlNodes) + " values"};
  }

  const std::string& file_;
  const Environment& environment_;
  Document& document_;
  Faults& faults_;
  int line_ = 0;            ///< Of the entry of the first level that is being read.
  std::size_t values_ = 0;  ///< Converted.
  std::size_t visits_ = 0;  ///< Members looked at, for merge keys.
  std::size_t bytes_ = 0;
};

}  // namespace

bool AddYaml(std::string_view yaml, const std::string& file, const Environment& environment, Document& document,
             Faults& faults) {
  const auto tree = ReadYaml(yaml, file, faults);
  if (tree.root == nullptr) return false;
  if (tree.root->kind != YamlNode::Kind::kMap) {
    faults.Add({.file = file, .line = tree.root->line, .pointer = {}, .secret = false},
               "want a map with `version` and `listeners`");
    return false;
  }
  try {
    Converter(file, environment, document, faults).Merge(*tree.root);
  } catch (const TooLarge& limit) {
    faults.Add({.file = file, .line = limit.line, .pointer = {}, .secret = false}, limit.message);
    return false;
  }
  return true;
}

}  // namespace sluice::config
