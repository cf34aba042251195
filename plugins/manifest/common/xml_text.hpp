// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// XmlText: an XML document, every value of which is found again in the text that it came from.

#include <pugixml.hpp>
#include <sluice/sdk/result.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/xml/nodes.hpp"

namespace sluice::plugins::mpd {

/// Octets of a text, the end left out.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

using xml::AttributeOf;
using xml::ChildOf;
using xml::ChildrenOf;
using xml::IsElement;
using xml::LocalName;
using xml::PrefixOf;
using xml::TextOf;
using xml::ValueOf;

/// Read once, then never changed. Threads: [any] on a constant object.
class XmlText {
 public:
  /// A document of a gateway's upstreams is no bigger and no deeper. What is bigger would cost a multiple of its size.
  static constexpr std::size_t kMaxBytes = 32U * 1024 * 1024;
  static constexpr std::size_t kMaxTags = 1'000'000;
  static constexpr std::size_t kMaxAttributes = 3'000'000;
  static constexpr int kMaxDepth = 64;

  /// UTF-16 is turned into UTF-8, and its XML declaration with it. Other encodings pass octet by octet.
  /// \returns  kUpstreamFailed, with the line, for what is not well-formed, has a document type, or is too much.
  static sdk::Result<std::unique_ptr<XmlText>> Parse(std::string text);

  XmlText(const XmlText&) = delete;
  XmlText& operator=(const XmlText&) = delete;

  const std::string& text() const { return text_; }
  /// The first element.
  pugi::xml_node root() const { return document_.document_element(); }
  /// Every element at the top, and what stands between them.
  pugi::xml_node document() const { return document_.root(); }

  /// Between the quotes.
  Span Value(pugi::xml_attribute attribute) const;
  /// From its name to its closing quote, and the white space before it.
  Span Whole(pugi::xml_attribute attribute) const;
  /// From "<" to the ">" of its end tag.
  Span Element(pugi::xml_node node) const;
  /// Between start tag and end tag. Empty at the "/" of an element that has neither content nor end tag.
  Span Content(pugi::xml_node node) const;
  bool IsSelfClosing(pugi::xml_node node) const;
  /// Where one more attribute may stand: right behind the name.
  std::size_t AfterName(pugi::xml_node node) const;
  std::string_view Cut(Span span) const { return {text_.data() + span.begin, span.end - span.begin}; }

 private:
  explicit XmlText(std::string text);
  sdk::Status Read();
  bool EndsAsDeclaration(pugi::xml_node node) const;
  sdk::Error Fault(std::size_t offset, const std::string& message) const;
  std::size_t StartOf(pugi::xml_node node) const;
  std::size_t EndOf(pugi::xml_node node) const;
  std::size_t StartTagEnd(pugi::xml_node node) const;
  std::size_t OffsetOf(const char* at) const { return static_cast<std::size_t>(at - buffer_.data()); }

  const std::string text_;
  std::vector<char> buffer_;  ///< A copy that the parser writes into; offsets in it are those in `text_`.
  pugi::xml_document document_;
};

/// Changes to one text, in any order. None may overlap another.
class Edits {
 public:
  void Replace(Span span, std::string text) { edits_.push_back({span, std::move(text)}); }
  void Insert(std::size_t at, std::string text) { Replace({at, at}, std::move(text)); }
  /// In the place of all that `node` holds.
  void SetContent(const XmlText& document, pugi::xml_node node, const std::string& content);
  /// Behind all that `node` holds.
  void Append(const XmlText& document, pugi::xml_node node, const std::string& content);

  /// `part` of `text` with the changes that lie in it.
  std::string Apply(std::string_view text, Span part);
  std::string Apply(std::string_view text) { return Apply(text, {0, text.size()}); }

 private:
  struct Edit {
    Span span;
    std::string text;
  };
  void Fill(const XmlText& document, pugi::xml_node node, Span place, const std::string& content);

  std::vector<Edit> edits_;
};

}  // namespace sluice::plugins::mpd
