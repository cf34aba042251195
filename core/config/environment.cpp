// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <map>
#include <memory>

#include "core/config/interpolate.hpp"
#include "core/config/load.hpp"

namespace sluice::config {
namespace {

constexpr std::size_t kMaxEnvFileBytes = 1024 * 1024;
constexpr std::string_view kBlank = " \t\r";

std::string_view Trim(std::string_view text) {
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool IsVariableName(std::string_view name) {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
  for (const char c : name) {
    if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  }
  return true;
}

/// What may follow a closing quote: nothing, or a comment.
bool IsTail(std::string_view text) {
  const auto rest = Trim(text);
  return rest.empty() || rest.front() == '#';
}

/// 'literal', "with \n \" \\ escapes", or bare up to " #". \returns nothing when a quote is not closed.
std::optional<std::string> Unquote(std::string_view text) {
  if (text.starts_with('\'')) {
    const auto end = text.find('\'', 1);
    if (end == std::string_view::npos || !IsTail(text.substr(end + 1))) return std::nullopt;
    return std::string(text.substr(1, end - 1));
  }
  if (!text.starts_with('"')) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '#' && (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\t')) text = text.substr(0, i);
    }
    return std::string(Trim(text));
  }
  std::string out;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return IsTail(text.substr(i + 1)) ? std::optional(out) : std::nullopt;
    if (text[i] == '\\' && i + 1 < text.size()) {
      const char next = text[++i];
      const bool plain = next == '"' || next == '\\' || next == '$';
      out += next == 'n' ? "\n" : next == 't' ? "\t" : plain ? std::string(1, next) : std::string{'\\', next};
    } else {
      out += text[i];
    }
  }
  return std::nullopt;
}

using Variables = std::map<std::string, std::string, std::less<>>;

/// Messages name no part of the line: it may hold a secret.
void ReadLine(std::string_view line, Place place, Variables& variables, Faults& faults) {
  line = Trim(line);
  if (line.empty() || line.front() == '#') return;
  if (line.starts_with("export ")) line = Trim(line.substr(7));
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return faults.Add(std::move(place), "want NAME=value; this line has no `=`");
  const auto name = Trim(line.substr(0, equals));
  if (!IsVariableName(name)) {
    return faults.Add(std::move(place), "want a name of letters, digits and `_` before the `=`");
  }
  auto value = Unquote(Trim(line.substr(equals + 1)));
  if (!value) {
    return faults.Add(std::move(place),
                      "the value of `" + std::string(name) + "` wants a closing quote and nothing after it");
  }
  variables.insert_or_assign(std::string(name), std::move(*value));
}

}  // namespace

Environment ProcessEnvironment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

Environment WithEnvFile(const std::string& path, Environment under, Faults& faults) {
  Place place{.file = path, .line = 0, .pointer = {}, .secret = false};
  std::string error;
  const auto text = ReadFile(path, kMaxEnvFileBytes, false, error);
  if (!error.empty()) {
    faults.Add(place, error);
    return under;
  }
  auto variables = std::make_shared<Variables>();
  std::string_view rest = text;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  while (!rest.empty()) {
    ++place.line;
    const auto end = rest.find('\n');
    ReadLine(rest.substr(0, end), place, *variables, faults);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return [variables, under = std::move(under)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables->find(name);
    return found != variables->end() ? std::optional(found->second) : under(name);
  };
}

}  // namespace sluice::config
