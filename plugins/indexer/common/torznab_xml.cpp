// SPDX-License-Identifier: MIT
#include "indexer/common/torznab_xml.hpp"

#include <algorithm>
#include <memory>
#include <pugixml.hpp>
#include <sluice/sdk/text.hpp>
#include <utility>

#include "common/xml/nodes.hpp"
#include "store/common/info_hash.hpp"

namespace sluice::plugins::indexer {
namespace {

constexpr std::ptrdiff_t kMaxTags = 200'000;
constexpr std::ptrdiff_t kMaxAttributes = 400'000;
constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxCategories = 500;
constexpr std::size_t kMaxDescriptionBytes = 100;

sdk::Error Nonsense(const std::string& message) {
  return {.code = sdk::Errc::kUpstreamFailed, .message = "the index's answer: " + message};
}

/// What is shown of an error's description: words, and nothing that may be a URL or hold a key.
std::string Shown(std::string_view description, std::string_view secret) {
  const bool quotes = !secret.empty() && description.find(secret) != std::string_view::npos;
  if (quotes || description.find_first_of("=/?&") != std::string_view::npos) return {};
  auto text = CleanText(description, kMaxDescriptionBytes);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text.empty() ? text : ", " + text;
}

sdk::Error ReadFault(pugi::xml_node error, std::string_view secret) {
  const auto number = CountOf(xml::ValueOf(error, "code"), 9999);
  sdk::Error fault{
      .code = sdk::Errc::kUpstreamFailed,
      .message = "the index: error " + std::to_string(number) + Shown(xml::ValueOf(error, "description"), secret)};
  if (number >= 100 && number <= 102) fault.code = sdk::Errc::kUnauthenticated;
  if (number == 429 || number == 500 || number == 501) fault.code = sdk::Errc::kRateLimited;
  if (number == 910) fault.reason = sdk::Reason::kUnavailable;
  return fault;
}

/// pugixml fetches nothing, and knows no entities but XML's own five.
sdk::Status Load(pugi::xml_document& document, std::string_view body) {
  const auto count = [&](char c) { return std::count(body.begin(), body.end(), c); };
  if (body.size() > kMaxXmlBytes || count('<') > kMaxTags || count('=') > kMaxAttributes) return Nonsense("too large");
  const auto done = document.load_buffer(body.data(), body.size(), pugi::parse_default | pugi::parse_doctype);
  if (!done) return Nonsense("want XML");
  if (const auto why = xml::FaultOf(document, kMaxDepth); !why.empty()) return Nonsense(std::string(why));
  return sdk::Ok();
}

/// The root of what `body` holds, which is called `wanted`.
sdk::Result<pugi::xml_node> ReadRoot(pugi::xml_document& document, std::string_view body, std::string_view wanted,
                                     std::string_view secret) {
  if (auto loaded = Load(document, body); !loaded) return std::move(loaded).error();
  const auto root = document.document_element();
  const auto name = xml::LocalName(root);
  if (name == "error") return ReadFault(root, secret);
  if (name != wanted) return Nonsense("want <" + std::string(wanted) + ">");
  return root;
}

/// Of the element called exactly so: `atom:link` is no link.
std::string TextIn(pugi::xml_node item, const char* name) { return xml::TextOf(item.child(name)); }

Function ReadFunction(pugi::xml_node searching, const char* name, std::string_view if_not_said) {
  const auto node = searching.child(name);
  Function function{.available = sdk::EqualsIgnoreCase(xml::ValueOf(node, "available"), "yes")};
  const auto said = xml::AttributeOf(node, "supportedParams");
  for (std::string_view rest = said ? std::string_view(said.value()) : if_not_said; !rest.empty();) {
    const auto parameter = sdk::LowerCase(sdk::TrimSpace(sdk::TakeUpTo(rest, ',')));
    function.q |= parameter == "q";
    function.imdb_id |= parameter == "imdbid";
    function.season |= parameter == "season";
    function.episode |= parameter == "ep";
    function.year |= parameter == "year";
  }
  return function;
}

void AddCategory(std::string_view text, std::vector<std::uint32_t>& out) {
  const auto number = static_cast<std::uint32_t>(CountOf(text, 999'999));
  if (number != 0 && out.size() < kMaxCategories) out.push_back(number);
}

/// What stands in `<torznab:attr name= value=>`, by name in lower case.
struct Attributes {
  explicit Attributes(pugi::xml_node node) : item(node) {}
  std::string_view Find(std::string_view name) const {
    for (const auto child : item) {
      if (!xml::IsElement(child, "attr")) continue;
      if (sdk::EqualsIgnoreCase(xml::ValueOf(child, "name"), name)) return xml::ValueOf(child, "value");
    }
    return {};
  }
  bool Has(std::string_view name) const { return Find(name).data() != nullptr; }
  std::uint32_t Count(std::string_view name) const {
    return static_cast<std::uint32_t>(CountOf(Find(name), 100'000'000));
  }
  pugi::xml_node item;
};

bool IsPrivate(pugi::xml_node item, const Attributes& attributes) {
  if (attributes.Has("minimumratio") || attributes.Has("minimumseedtime")) return true;
  if (IsPrivateKind(TextIn(item, "type")) || IsPrivateKind(attributes.Find("type"))) return true;
  return IsPrivateKind(xml::ValueOf(xml::ChildOf(item, "jackettindexer"), "type")) ||
         IsPrivateKind(xml::ValueOf(xml::ChildOf(item, "prowlarrindexer"), "type"));
}

void AddLink(std::string_view link, std::vector<std::string>& out) {
  link = sdk::TrimSpace(link);
  if (!link.empty() && link.size() <= kMaxLinkBytes) out.emplace_back(link);
}

/// The order of hash sources: magneturl, magnets in enclosure, link and guid, then what has to be fetched.
std::vector<std::string> LinksOf(pugi::xml_node item, const Attributes& attributes, std::string_view enclosure) {
  std::vector<std::string> links;
  const auto link = TextIn(item, "link");
  const auto guid = TextIn(item, "guid");
  AddLink(attributes.Find("magneturl"), links);
  for (const std::string_view text : {enclosure, std::string_view(link), std::string_view(guid)}) {
    if (store::IsMagnet(sdk::TrimSpace(text))) AddLink(text, links);
  }
  if (!store::IsMagnet(sdk::TrimSpace(enclosure))) AddLink(enclosure, links);
  return links;
}

bool ReadItem(pugi::xml_node node, Item& item) {
  const Attributes attributes(node);
  const auto jackett = xml::ChildOf(node, "jackettindexer");
  const auto prowlarr = xml::ChildOf(node, "prowlarrindexer");
  const auto enclosure = node.child("enclosure");
  const auto length = CountOf(xml::ValueOf(enclosure, "length"), kMaxSizeBytes);
  if (sdk::EqualsIgnoreCase(xml::ValueOf(enclosure, "type"), "application/x-nzb")) return false;

  item.title = CleanText(TextIn(node, "title"), kMaxTitleBytes);
  item.size_bytes = CountOf(TextIn(node, "size"), kMaxSizeBytes);
  if (item.size_bytes == 0) item.size_bytes = CountOf(attributes.Find("size"), kMaxSizeBytes);
  if (item.size_bytes == 0) item.size_bytes = length;
  const auto grabs = std::max<std::uint64_t>(CountOf(TextIn(node, "grabs"), kMaxSizeBytes), attributes.Count("grabs"));
  if (item.title.empty() || (jackett && item.size_bytes == 0 && grabs == 0)) return false;

  if (auto hash = store::NormalizeHash(sdk::TrimSpace(attributes.Find("infohash")))) item.info_hash = *std::move(hash);
  const bool is_empty = !jackett && xml::AttributeOf(enclosure, "length") && length == 0;
  item.links = LinksOf(node, attributes, is_empty ? std::string_view() : xml::ValueOf(enclosure, "url"));
  item.seeders = attributes.Count("seeders");
  if (!attributes.Has("seeders")) {
    const auto peers = attributes.Count("peers");
    item.seeders = peers - std::min(peers, attributes.Count("leechers"));
  }
  item.published_at = ReadPubDate(TextIn(node, "pubDate")).value_or(sdk::Seconds());
  item.is_private = IsPrivate(node, attributes);
  item.indexer = CleanText(xml::TextOf(jackett ? jackett : prowlarr), 100);
  if (item.indexer.empty()) item.indexer = CleanText(xml::ValueOf(jackett ? jackett : prowlarr, "id"), 100);
  for (const auto child : node) {
    if (xml::IsElement(child, "category")) AddCategory(xml::TextOf(child), item.categories);
    if (xml::IsElement(child, "attr") && xml::ValueOf(child, "name") == "category") {
      AddCategory(xml::ValueOf(child, "value"), item.categories);
    }
  }
  return true;
}

}  // namespace

sdk::Result<Caps> ReadCaps(std::string_view body, std::string_view secret) {
  pugi::xml_document document;
  const auto root = ReadRoot(document, body, "caps", secret);
  if (!root) return root.error();
  const auto searching = root->child("searching");
  Caps caps{.server = CleanText(xml::ValueOf(root->child("server"), "title"), 100),
            .search = ReadFunction(searching, "search", "q"),
            .tv = ReadFunction(searching, "tv-search", "q,season,ep"),
            .movie = ReadFunction(searching, "movie-search", "q")};
  const auto limits = root->child("limits");
  if (const auto max = CountOf(xml::ValueOf(limits, "max"), 1'000'000); max != 0) {
    caps.max = static_cast<std::uint32_t>(std::min<std::uint64_t>(max, kMaxItems));
  }
  for (const auto category : root->child("categories")) {
    AddCategory(xml::ValueOf(category, "id"), caps.categories);
    for (const auto below : category) AddCategory(xml::ValueOf(below, "id"), caps.categories);
  }
  return caps;
}

sdk::Result<std::vector<Item>> ReadFeed(std::string_view body, std::string_view secret) {
  pugi::xml_document document;
  const auto root = ReadRoot(document, body, "rss", secret);
  if (!root) return root.error();
  std::vector<Item> items;
  for (const auto node : root->child("channel").children("item")) {
    if (items.size() == kMaxItems) break;
    Item item;
    if (ReadItem(node, item)) items.push_back(std::move(item));
  }
  return items;
}

std::optional<sdk::Error> ReadErrorOf(std::string_view body, std::string_view secret) {
  pugi::xml_document document;
  if (!Load(document, body) || xml::LocalName(document.document_element()) != "error") return std::nullopt;
  return ReadFault(document.document_element(), secret);
}

}  // namespace sluice::plugins::indexer
