// SPDX-License-Identifier: MIT
#include "manifest/common/xml_text.hpp"

#include <algorithm>
#include <cstdint>
#include <sluice/sdk/text.hpp>

namespace sluice::plugins::mpd {
namespace {

using namespace std::literals;

void AppendUtf8(std::uint32_t point, std::string& out) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | ((point >> shift) & 0x3FU)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0U | (point >> 6U));
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0U | (point >> 12U));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | (point >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

/// A lone surrogate becomes U+FFFD.
std::string FromUtf16(std::string_view text, bool big_endian) {
  const auto unit = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    const auto second = static_cast<unsigned char>(text[at + 1]);
    return static_cast<std::uint32_t>(big_endian ? first << 8U | second : second << 8U | first);
  };
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
    auto point = unit(at);
    const auto low = at + 3 < text.size() ? unit(at + 2) : 0;
    if (point >= 0xD800 && point < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
      point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
      at += 2;
    } else if (point >= 0xD800 && point < 0xE000) {
      point = 0xFFFD;
    }
    AppendUtf8(point, out);
  }
  return out;
}

/// The declaration would name the encoding that the text had.
std::string WithoutDeclaration(std::string text) {
  const auto begin = text.starts_with("\xEF\xBB\xBF") ? std::size_t{3} : 0;
  const auto end = text.find("?>", begin);
  if (text.compare(begin, 5, "<?xml") == 0 && end != std::string::npos)
    text.replace(begin, end + 2 - begin, "<?xml version=\"1.0\"?>");
  return text;
}

std::string ToUtf8(std::string text) {
  const bool little = text.starts_with("\xFF\xFE"sv) || text.starts_with("<\0"sv);
  const bool big = text.starts_with("\xFE\xFF"sv) || text.starts_with("\0<"sv);
  return little || big ? WithoutDeclaration(FromUtf16(text, big)) : std::move(text);
}

}  // namespace

XmlText::XmlText(std::string text) : text_(std::move(text)), buffer_(text_.begin(), text_.end()) {}

sdk::Result<std::unique_ptr<XmlText>> XmlText::Parse(std::string text) {
  if (text.size() > kMaxBytes)
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed,
                      .message = "the XML is longer than " + std::to_string(kMaxBytes) + " octets"};
  std::unique_ptr<XmlText> out(new XmlText(ToUtf8(std::move(text))));
  if (auto read = out->Read(); !read) return std::move(read).error();
  return out;
}

/// pugixml knows no entities but XML's own five, fetches nothing, and recurses nowhere in here. Its nodes are several
/// times as big as the tags that make them, so tags are counted first.
sdk::Status XmlText::Read() {
  const auto count = [&](char c) { return static_cast<std::size_t>(std::count(text_.begin(), text_.end(), c)); };
  if (count('<') > kMaxTags || count('=') > kMaxAttributes) return Fault(0, "too many elements");
  // Where the parser would stop, and say nothing of what is behind.
  if (const auto nul = text_.find('\0'); nul != std::string::npos) return Fault(nul, "a NUL character");
  constexpr auto kFlags = pugi::parse_default | pugi::parse_comments | pugi::parse_pi | pugi::parse_declaration |
                          pugi::parse_doctype | pugi::parse_fragment;
  const auto done = document_.load_buffer_inplace(buffer_.data(), buffer_.size(), kFlags, pugi::encoding_utf8);
  if (!done) return Fault(static_cast<std::size_t>(std::max<std::ptrdiff_t>(done.offset, 0)), done.description());
  for (const auto node : document_.children())
    if (node.type() == pugi::node_declaration && !EndsAsDeclaration(node))
      return Fault(0, "want ?> at the end of the XML declaration");
  if (const auto why = xml::FaultOf(document_, kMaxDepth); !why.empty()) return Fault(0, std::string(why));
  if (!root()) return Fault(0, "no element");
  return sdk::Ok();
}

/// pugixml takes "/>" for an end if there is a "?>" anywhere behind it.
bool XmlText::EndsAsDeclaration(pugi::xml_node node) const {
  const auto last = node.last_attribute();
  const auto end = last ? Value(last).end + 1 : AfterName(node);
  return sdk::TrimSpace(Cut({end, std::min(end + 64, text_.size())})).starts_with("?>");
}

sdk::Error XmlText::Fault(std::size_t offset, const std::string& message) const {
  const std::string_view before(text_.data(), std::min(offset, text_.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  return {.code = sdk::Errc::kUpstreamFailed, .message = "XML line " + std::to_string(line) + ": " + message};
}

Span XmlText::Value(pugi::xml_attribute attribute) const {
  const auto begin = OffsetOf(attribute.value());
  return {begin, text_.find(text_[begin - 1], begin)};
}

Span XmlText::Whole(pugi::xml_attribute attribute) const {
  auto begin = OffsetOf(attribute.name());
  while (sdk::IsControlOrSpace(text_[begin - 1])) --begin;
  return {begin, Value(attribute).end + 1};
}

Span XmlText::Element(pugi::xml_node node) const { return {StartOf(node), EndOf(node)}; }

Span XmlText::Content(pugi::xml_node node) const {
  const auto begin = StartTagEnd(node);
  if (IsSelfClosing(node)) return {begin - 2, begin - 2};
  return {begin, text_.rfind("</", EndOf(node) - 1)};
}

bool XmlText::IsSelfClosing(pugi::xml_node node) const { return text_[StartTagEnd(node) - 2] == '/'; }

std::size_t XmlText::AfterName(pugi::xml_node node) const {
  return OffsetOf(node.name()) + std::string_view(node.name()).size();
}

/// At or before the node's first octet, but behind what stands before it.
std::size_t XmlText::StartOf(pugi::xml_node node) const {
  const bool named =
      node.type() == pugi::node_element || node.type() == pugi::node_pi || node.type() == pugi::node_declaration;
  const auto offset = OffsetOf(named ? node.name() : node.value());
  if (node.type() == pugi::node_pcdata) return offset;
  return text_.rfind('<', offset - 1);
}

/// Behind the node and before what follows it there is nothing but white space.
std::size_t XmlText::EndOf(pugi::xml_node node) const {
  if (const auto next = node.next_sibling()) return text_.rfind('>', StartOf(next) - 1) + 1;
  const auto parent = node.parent();
  const auto limit = parent.type() == pugi::node_document ? text_.size() : text_.rfind("</", EndOf(parent) - 1);
  return text_.rfind('>', limit - 1) + 1;
}

std::size_t XmlText::StartTagEnd(pugi::xml_node node) const {
  std::size_t from = AfterName(node);
  if (const auto last = node.last_attribute()) from = Value(last).end + 1;
  return text_.find('>', from) + 1;
}

void Edits::SetContent(const XmlText& document, pugi::xml_node node, const std::string& content) {
  Fill(document, node, document.Content(node), content);
}

void Edits::Append(const XmlText& document, pugi::xml_node node, const std::string& content) {
  const auto end = document.Content(node).end;
  Fill(document, node, {end, end}, content);
}

/// An element without content has no end tag either.
void Edits::Fill(const XmlText& document, pugi::xml_node node, Span place, const std::string& content) {
  if (document.IsSelfClosing(node))
    Replace({place.begin, place.begin + 2}, ">" + content + "</" + node.name() + ">");
  else
    Replace(place, content);
}

std::string Edits::Apply(std::string_view text, Span part) {
  std::stable_sort(edits_.begin(), edits_.end(),
                   [](const Edit& a, const Edit& b) { return a.span.begin < b.span.begin; });
  std::string out;
  std::size_t done = part.begin;
  for (const auto& edit : edits_) {
    if (edit.span.begin < done || edit.span.end > part.end) continue;
    out.append(text, done, edit.span.begin - done).append(edit.text);
    done = edit.span.end;
  }
  return out.append(text, done, part.end - done);
}

}  // namespace sluice::plugins::mpd
