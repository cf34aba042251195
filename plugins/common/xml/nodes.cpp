// SPDX-License-Identifier: MIT
#include "common/xml/nodes.hpp"

#include <sluice/sdk/text.hpp>

namespace sluice::plugins::xml {

std::vector<pugi::xml_node> ChildrenOf(pugi::xml_node node, std::string_view local_name) {
  std::vector<pugi::xml_node> found;
  for (const auto child : node)
    if (IsElement(child, local_name)) found.push_back(child);
  return found;
}

std::string TextOf(pugi::xml_node node) {
  std::string text;
  for (const auto child : node)
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) text += child.value();
  return std::string(sdk::TrimSpace(text));
}

std::string_view FaultOf(const pugi::xml_document& document, int max_depth) {
  int depth = 0;
  pugi::xml_node node = document.first_child();
  while (node) {
    if (node.type() == pugi::node_doctype) return "a document type";
    if (depth > max_depth) return "elements nest too deeply";
    if (node.first_child()) {
      node = node.first_child();
      ++depth;
      continue;
    }
    while (node && !node.next_sibling()) {
      node = node.parent();
      --depth;
    }
    if (node) node = node.next_sibling();
  }
  return {};
}

}  // namespace sluice::plugins::xml
