// SPDX-License-Identifier: MIT
#include "core/http/head_scanner.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace sluice::http {
namespace {

constexpr std::size_t kMaxMethodBytes = 32;

constexpr std::array<bool, 256> MakeTokenTable() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto kToken = MakeTokenTable();

constexpr bool IsTokenChar(char c) { return kToken[static_cast<unsigned char>(c)]; }
constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
constexpr bool IsValueChar(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet == '\t' || (octet >= 0x20 && octet != 0x7F);
}

/// Whether one of eight octets may be no IsValueChar: below 0x20 (TAB too) or 0x7F. May say so for an octet from 0x80
/// on.
bool MayBeBad(const char* octets) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHigh = 0x80 * kOnes;
  std::uint64_t word = 0;
  std::memcpy(&word, octets, sizeof word);
  const auto below_space = word - 0x20 * kOnes;  // borrows into the high bit
  const auto from_delete = word + kOnes;         // carries into it
  return ((below_space | from_delete | word) & kHigh) != 0;
}

/// The first that is no IsValueChar.
const char* FindBad(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    while (end - at >= 8 && !MayBeBad(at)) at += 8;
    const char* const stop = end - at > 8 ? at + 8 : end;
    const char* const bad = std::find_if(at, stop, [](char c) { return !IsValueChar(c); });
    if (bad != stop || stop == end) return bad;
    at = stop;
  }
}

/// "HTTP/1.x" and nothing else.
Fault ScanVersion(std::string_view text, int& minor) {
  if (text.size() != 8 || !text.starts_with("HTTP/") || !IsDigit(text[5]) || text[6] != '.' || !IsDigit(text[7])) {
    return Fault::kStartLine;
  }
  if (text[5] != '1') return Fault::kVersion;
  minor = text[7] - '0';
  return Fault::kNone;
}

Fault ScanFieldLine(std::string_view line, sdk::Field& field) {
  if (line.front() == ' ' || line.front() == '\t') return Fault::kObsoleteFold;
  std::size_t colon = 0;
  while (colon < line.size() && IsTokenChar(line[colon])) ++colon;
  if (colon < line.size() && (line[colon] == ' ' || line[colon] == '\t')) return Fault::kSpaceBeforeColon;
  if (colon == 0 || colon == line.size() || line[colon] != ':') return Fault::kFieldName;
  const auto raw = line.substr(colon + 1);
  if (const char* const bad = FindBad(raw); bad != raw.data() + raw.size()) {
    if (*bad == '\n') return Fault::kBareLineFeed;
    return *bad == '\r' ? Fault::kBareCarriageReturn : Fault::kFieldValue;
  }
  field = {line.substr(0, colon), TrimSpace(raw)};
  return Fault::kNone;
}

Fault ScanCodings(std::string_view value, bool& chunked) {
  if (value.empty()) return Fault::kTransferEncoding;
  for (bool more = true; more;) {
    const auto comma = value.find(',');
    const auto coding = TrimSpace(value.substr(0, comma));
    more = comma != std::string_view::npos;
    if (more) value.remove_prefix(comma + 1);
    if (chunked || coding.empty()) return Fault::kTransferEncoding;  // something after chunked, or an empty element
    if (!EqualNoCase(coding, "chunked")) return Fault::kUnknownCoding;
    chunked = true;
  }
  return Fault::kNone;
}

}  // namespace

HeadEnd FindHeadEnd(std::string_view buffer, std::size_t& scanned) {
  for (std::size_t begin = scanned;;) {
    const auto cr = buffer.find('\r', begin);
    const auto line = buffer.substr(begin, cr == std::string_view::npos ? cr : cr - begin);
    if (line.find('\n') != std::string_view::npos) return {HeadEnd::State::kFault, Fault::kBareLineFeed, 0};
    if (cr == std::string_view::npos || cr + 1 == buffer.size()) {
      scanned = std::min(cr, buffer.size());
      return {};
    }
    if (buffer[cr + 1] != '\n') return {HeadEnd::State::kFault, Fault::kBareCarriageReturn, 0};
    if (cr == 0 || buffer[cr - 1] == '\n') return {HeadEnd::State::kComplete, Fault::kNone, cr + 2};
    begin = cr + 2;
  }
}

Fault ScanRequestLine(std::string_view line, RequestLine& out) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return Fault::kStartLine;
  if (const auto fault = ScanVersion(line.substr(last + 1), out.minor); fault != Fault::kNone) return fault;
  out.method = line.substr(0, first);
  out.target = line.substr(first + 1, last - first - 1);
  if (!IsToken(out.method) || out.method.size() > kMaxMethodBytes) return Fault::kMethod;
  if (out.target.empty()) return Fault::kTarget;
  const auto allowed = [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet > ' ' && octet < 0x7F && c != '#';
  };
  return std::all_of(out.target.begin(), out.target.end(), allowed) ? Fault::kNone : Fault::kTarget;
}

Fault ScanStatusLine(std::string_view line, StatusLine& out) {
  if (const auto fault = ScanVersion(line.substr(0, 8), out.minor); fault != Fault::kNone) return fault;
  const auto rest = line.substr(8);
  if (rest.size() < 4 || rest[0] != ' ' || rest[1] < '1' || !IsDigit(rest[1]) || !IsDigit(rest[2]) ||
      !IsDigit(rest[3])) {
    return Fault::kStartLine;
  }
  out.status = (rest[1] - '0') * 100 + (rest[2] - '0') * 10 + (rest[3] - '0');
  if (rest.size() > 4 && rest[4] != ' ') return Fault::kStartLine;
  out.reason = rest.size() > 5 ? rest.substr(5) : std::string_view();
  return IsFieldValue(out.reason) ? Fault::kNone : Fault::kStartLine;
}

Fault ScanFields(std::string_view block, std::size_t max_fields, std::vector<sdk::Field>& fields) {
  fields.clear();
  while (true) {
    const auto end = block.find("\r\n");
    if (end == std::string_view::npos) return Fault::kBareLineFeed;
    if (end == 0) return block.size() == 2 ? Fault::kNone : Fault::kFieldName;
    if (fields.size() == max_fields) return Fault::kTooManyFields;
    sdk::Field field;
    if (const auto fault = ScanFieldLine(block.substr(0, end), field); fault != Fault::kNone) return fault;
    fields.push_back(field);
    block.remove_prefix(end + 2);
  }
}

Fault SplitHead(std::string_view head, HeadParts& out) {
  const auto end = head.find("\r\n");
  if (end == std::string_view::npos) return Fault::kBareLineFeed;
  out = {head.substr(0, end), head.substr(end + 2)};
  return Fault::kNone;
}

Fault ScanFraming(std::span<const sdk::Field> fields, Framing& out) {
  bool coded = false;
  for (const auto& field : fields) {
    if (EqualNoCase(field.name, "content-length")) {
      if (out.length) return Fault::kContentLength;
      out.length = ParseLength(field.value);
      if (!out.length) return Fault::kContentLength;
    } else if (EqualNoCase(field.name, "transfer-encoding")) {
      coded = true;
      if (const auto fault = ScanCodings(field.value, out.chunked); fault != Fault::kNone) return fault;
    }
  }
  return coded && out.length ? Fault::kLengthWithCoding : Fault::kNone;
}

std::optional<std::uint64_t> ParseLength(std::string_view text) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (kMax - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

bool EqualNoCaseOfOneLength(const char* a, const char* b, std::size_t length) {
  return std::equal(a, a + length, b, [](char x, char y) { return Lower(x) == Lower(y); });
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return IsTokenChar(c); });
}

bool IsFieldValue(std::string_view text) { return FindBad(text) == text.data() + text.size(); }

std::string_view TrimSpace(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

const sdk::Field* FindField(std::span<const sdk::Field> fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const sdk::Field& field) { return EqualNoCase(field.name, name); });
  return found == fields.end() ? nullptr : &*found;
}

bool ListHas(std::string_view list, std::string_view token) {
  while (true) {
    const auto comma = list.find(',');
    if (EqualNoCase(TrimSpace(list.substr(0, comma)), token)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace sluice::http
