// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Elements and attributes of XML documents by their local names, whatever prefixes a document has chosen.

#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::xml {

/// "Period" for "mpd:Period". Documents choose their prefixes, and few choose the same.
inline std::string_view LocalName(std::string_view name) { return name.substr(name.find(':') + 1); }
inline std::string_view LocalName(pugi::xml_node node) { return LocalName(std::string_view(node.name())); }
inline std::string_view PrefixOf(pugi::xml_node node) {
  const std::string_view name(node.name());
  return name.substr(0, name.find(':') + 1);
}

inline bool IsElement(pugi::xml_node node, std::string_view local_name) {
  return node.type() == pugi::node_element && LocalName(node) == local_name;
}

/// The first child element called so; a null node: none.
inline pugi::xml_node ChildOf(pugi::xml_node node, std::string_view local_name) {
  for (const auto child : node)
    if (IsElement(child, local_name)) return child;
  return {};
}

/// Every child element called so, in order.
std::vector<pugi::xml_node> ChildrenOf(pugi::xml_node node, std::string_view local_name);

/// The attribute called so; if there is none, the first that is called so behind a prefix. A null attribute: none.
inline pugi::xml_attribute AttributeOf(pugi::xml_node node, std::string_view local_name) {
  pugi::xml_attribute prefixed;
  for (const auto attribute : node.attributes()) {
    if (attribute.name() == local_name) return attribute;
    if (!prefixed && LocalName(attribute.name()) == local_name) prefixed = attribute;
  }
  return prefixed;
}
inline std::string_view ValueOf(pugi::xml_node node, std::string_view local_name) {
  return AttributeOf(node, local_name).value();
}

/// All text right below `node`, without white space at its ends.
std::string TextOf(pugi::xml_node node);

/// Why a document is none to work on: it has a document type, or elements nest deeper than `max_depth`. pugixml expands
/// no entities of a document's own, and recurses where nodes are removed. \returns  empty: all is well.
std::string_view FaultOf(const pugi::xml_document& document, int max_depth);

}  // namespace sluice::plugins::xml
