// SPDX-License-Identifier: MIT
#include "manifest/common/remotes.hpp"

#include <cstddef>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <string>
#include <utility>
#include <vector>

#include "manifest/common/addressing.hpp"

namespace sluice::plugins::mpd {
namespace {

constexpr std::string_view kToNothing = "urn:mpeg:dash:resolve-to-zero:2013";
constexpr std::size_t kMaxRemotes = 32;
constexpr std::size_t kMaxRemoteBytes = 4U * 1024 * 1024;

/// "xlink:href", whatever the prefix; an MPD knows no other href.
pugi::xml_attribute HrefOf(pugi::xml_node node) {
  const auto href = AttributeOf(node, "href");
  return std::string_view(href.name()).find(':') != std::string_view::npos ? href : pugi::xml_attribute();
}

/// Not within one another.
void FindRemotes(pugi::xml_node node, std::vector<pugi::xml_node>& found) {
  for (const auto child : node) {
    if (child.type() != pugi::node_element) continue;
    if (HrefOf(child))
      found.push_back(child);
    else
      FindRemotes(child, found);
  }
}

/// `node` refers to nothing any more.
void Detach(const XmlText& document, pugi::xml_node node, Edits& edits) {
  if (!HrefOf(node)) return;
  for (const auto attribute : node.attributes()) {
    const auto name = LocalName(attribute.name());
    if (name == "href" || name == "actuate") edits.Replace(document.Whole(attribute), {});
  }
}

void DetachAll(const XmlText& document, pugi::xml_node node, Edits& edits) {
  Detach(document, node, edits);
  for (const auto child : node) DetachAll(document, child, edits);
}

/// A document by itself, or several elements of one name in a row; without what stands before them.
std::string ElementsOf(std::string text, std::string_view name) {
  const auto parsed = XmlText::Parse(std::move(text));
  if (!parsed) return {};
  const auto& document = **parsed;
  Edits edits;
  std::string out;
  DetachAll(document, document.document(), edits);
  for (const auto node : document.document()) {
    if (node.type() != pugi::node_element) continue;
    if (LocalName(node) != name) return {};
    out += edits.Apply(document.text(), document.Element(node));
  }
  return out;
}

sdk::Result<std::string> FetchRemote(const XmlText& document, pugi::xml_node node, std::string_view base_url,
                                     sdk::ReferenceFetcher& references) {
  std::string base(base_url);
  if (document.root() != node) base = BaseAt(document.root(), base);
  const auto url = sdk::ResolveReference(base, HrefOf(node).value());
  auto response = references.Fetch({.url = url, .kind = sdk::LinkKind::kManifest, .max_bytes = kMaxRemoteBytes});
  if (!response &&
      (response.error().code == sdk::Errc::kCancelled || response.error().code == sdk::Errc::kDeadlineExceeded))
    return std::move(response).error();
  if (!response || response->status != 200) return std::string();
  return ElementsOf(std::move(response->body), LocalName(node));
}

}  // namespace

sdk::Result<std::unique_ptr<XmlText>> WithRemotes(std::unique_ptr<XmlText> document, std::string_view base_url,
                                                  sdk::ReferenceFetcher* references) {
  std::vector<pugi::xml_node> remotes;
  FindRemotes(document->document(), remotes);
  if (remotes.empty()) return document;
  Edits edits;
  std::size_t fetched = 0;
  for (const auto node : remotes) {
    if (sdk::TrimSpace(HrefOf(node).value()) == kToNothing) {
      edits.Replace(document->Element(node), {});
      continue;
    }
    std::string content;
    if (references != nullptr && ++fetched <= kMaxRemotes) {
      auto got = FetchRemote(*document, node, base_url, *references);
      if (!got) return std::move(got).error();
      content = std::move(*got);
    }
    if (content.empty())
      Detach(*document, node, edits);
    else
      edits.Replace(document->Element(node), std::move(content));
  }
  return XmlText::Parse(edits.Apply(document->text()));
}

}  // namespace sluice::plugins::mpd
