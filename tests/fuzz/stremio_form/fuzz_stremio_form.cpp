// SPDX-License-Identifier: MIT
// Any octets as the form that configures the addon, of a server that offers everything and of one that offers little.
// No fault; what has no problem is a configuration; what is asked again keeps no more than was entered, and the page of
// it shows none of the secrets.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "plugins/endpoint/stremio/configure_page.hpp"

namespace {

using namespace sluice::plugins::stremio;

const UserData kBase{.stores = {{.code = "tb", .token = "kept-token"}, {.code = "rd", .auth = "kept-auth"}},
                     .indexers = {{.name = "generic", .url = "https://i.example/kept", .api_key = "kept-key"}}};

const Offer kEverything{.stores = {{"", "server"}, {"tb", "TorBox"}, {"rd", "Real-Debrid"}, {"p2p", "none"}},
                        .users = true,
                        .proxied = true,
                        .saved = true};
const Offer kLittle{.stores = {{"tb", "TorBox"}}, .indexers = false};

void Require(bool holds) {
  if (!holds) std::abort();
}

/// No secret of the base is anywhere but where it was.
void CheckKept(const UserData& data) {
  for (const auto& store : data.stores) {
    Require(store.token != "kept-token" || store.code == "tb");
    Require(store.auth != "kept-auth" || store.code == "rd");
  }
  for (const auto& indexer : data.indexers)
    Require(indexer.api_key != "kept-key" || (indexer.name == "generic" && indexer.url == "https://i.example/kept"));
}

/// The same page comes of other secrets, so that nothing of them is in it.
void CheckPage(const ConfigureForm& form, const Offer& offer) {
  const auto again = AskAgain(form);
  auto other = form;
  for (auto& store : other.data.stores) {
    if (!store.token.empty()) store.token = "another";
    if (!store.auth.empty()) store.auth = "another";
  }
  for (auto& indexer : other.data.indexers)
    if (!indexer.api_key.empty()) indexer.api_key = "another";
  const auto page = ConfigurePage({.addon_name = "Torz", .offer = offer, .form = again.shown});
  Require(page == ConfigurePage({.addon_name = "Torz", .offer = offer, .form = AskAgain(other).shown}));
  if (!again.base) return;
  auto base = *again.base;
  Require(static_cast<bool>(CheckUserData(base)));
  Require(base == *again.base);
  CheckKept(base);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  for (const auto* offer : {&kEverything, &kLittle}) {
    auto form = ReadConfigureForm(body, kBase, *offer);
    if (!form) continue;
    auto checked = form->data;
    if (form->problems.empty()) Require(CheckUserData(checked) && checked == form->data);
    CheckKept(form->data);
    CheckPage(*form, *offer);
  }
  Require(static_cast<bool>(ReadFormBase(body)) || !ReadConfigureForm(body, kBase, kEverything));
  return 0;
}
