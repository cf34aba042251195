// SPDX-License-Identifier: MIT
#include "attributes.hpp"

#include <cstddef>
#include <cstring>
#include <sluice/sdk/text.hpp>

namespace sluice::plugins::hls {
namespace {

std::string_view Between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

/// `end` when there is none.
const char* Find(const char* at, const char* end, char wanted) {
  const auto* const found = std::memchr(at, wanted, static_cast<std::size_t>(end - at));
  return found == nullptr ? end : static_cast<const char*>(found);
}

const char* SkipBlank(const char* at, const char* end) {
  while (at != end && sdk::IsControlOrSpace(*at)) ++at;
  return at;
}

}  // namespace

bool AttributeScanner::Next() {
  begin_ = at_;
  equals_ = Find(at_, end_, '=');
  if (equals_ == end_) return false;
  const char* const value = SkipBlank(equals_ + 1, end_);
  const char first = value == end_ ? '\0' : *value;
  // A bare value may well start with an apostrophe: only a pair of them quotes.
  if (first == '"' || (first == '\'' && Find(value + 1, end_, first) != end_)) {
    const char* const close = Find(value + 1, end_, first);
    quote_ = first;
    quoted_ = Between(value + 1, close);
    open_ = close == end_;
    at_ = open_ ? close : close + 1;
  } else {
    quote_ = 0;
    open_ = false;
    at_ = Find(equals_ + 1, end_, ',');
  }
  return true;
}

/// Behind a comma, or where the list begins, or right behind a quoted value.
bool AttributeScanner::BeginsName(const char* at) const {
  while (at != begin_ && sdk::IsControlOrSpace(at[-1])) --at;
  return at == begin_ || at[-1] == ',';
}

bool AttributeScanner::Is(std::string_view name) const {
  const char* end = equals_;
  while (end != begin_ && sdk::IsControlOrSpace(end[-1])) --end;
  if (name.empty() || static_cast<std::size_t>(end - begin_) < name.size()) return false;
  const char* const at = end - name.size();
  return *at == name.front() && Between(at, end) == name && BeginsName(at);
}

std::string_view AttributeScanner::name() const {
  const auto before = Between(begin_, equals_);
  const auto comma = before.rfind(',');
  return sdk::TrimControls(comma == std::string_view::npos ? before : before.substr(comma + 1));
}

std::string_view AttributeScanner::value() const {
  return quote_ != 0 ? quoted_ : sdk::TrimControls(Between(equals_ + 1, at_));
}

std::string_view AttributeScanner::whole() const {
  const auto last = value();
  return Between(name().data(), last.data() + last.size() + (quote_ == 0 || open_ ? 0 : 1));
}

std::string_view FindAttribute(std::string_view list, std::string_view name) {
  AttributeScanner scanner(list);
  while (scanner.Next())
    if (scanner.Is(name)) return scanner.value();
  return {};
}

}  // namespace sluice::plugins::hls
