// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/configure_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <sluice/sdk/base64.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/endpoint/common/sha256.hpp"

namespace sluice::plugins::stremio {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kMarkup = "<b>&\"'x";
constexpr std::string_view kEscapedMarkup = "&lt;b&gt;&amp;&quot;&apos;x";

ConfigureView WholeView() {
  return {.addon_name = "Torz",
          .offer = {.stores = {{"", "This server's"}, {"tb", "TorBox"}, {"p2p", "None"}},
                    .users = true,
                    .proxied = true,
                    .saved = true}};
}

/// What stands between the first `from` and the next `to`.
std::string Between(const std::string& text, std::string_view from, std::string_view to) {
  const auto start = text.find(from);
  if (start == std::string::npos) return {};
  const auto end = text.find(to, start + from.size());
  return text.substr(start + from.size(), end - start - from.size());
}

/// The values of every attribute of that name.
std::vector<std::string> AttributeValues(const std::string& page, const std::string& attribute) {
  std::vector<std::string> out;
  const auto mark = " " + attribute + "=\"";
  for (auto at = page.find(mark); at != std::string::npos; at = page.find(mark, at + 1))
    out.push_back(page.substr(at + mark.size(), page.find('"', at + mark.size()) - at - mark.size()));
  return out;
}

/// Without script, style and what only scripts use.
std::string PageBody(std::string page) {
  page.erase(0, page.find("<body>"));
  page.resize(page.find("<script>"));
  for (auto at = page.find("<template"); at != std::string::npos; at = page.find("<template"))
    page.erase(at, page.find("</template>") + 11 - at);
  return page;
}

std::size_t CountOf(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(StremioConfigurePageTest, HasAFormToFillIn) {
  const auto page = PageBody(ConfigurePage(WholeView()));

  EXPECT_THAT(page, HasSubstr("<h1>Configure Torz</h1>"));
  EXPECT_THAT(page, HasSubstr(R"(<form id="configuration" method="post")"));
  EXPECT_THAT(page, HasSubstr(R"(<input type="hidden" name="stores_length" value="1">)"));
  EXPECT_THAT(page,
              HasSubstr(R"(<option value="" selected>Choose a store</option>)"
                        R"(<option value="server">This server&apos;s</option><option value="tb">TorBox</option>)"));
  for (const auto* name : {"stores[0].code", "stores[0].token", "stores[0].auth", "indexers[0].name", "indexers[0].url",
                           "indexers[0].apikey", "cached", "uncached_private", "proxied", "saved", "sort", "filter"})
    EXPECT_EQ(CountOf(page, std::string(" name=\"") + name + "\""), 1u) << name;
  EXPECT_EQ(CountOf(page, R"(type="password" maxlength=")"), 2u);
  EXPECT_THAT(page, HasSubstr("<details><summary>"));
  EXPECT_THAT(page, Not(HasSubstr("aria-invalid")));
  EXPECT_THAT(page, Not(HasSubstr("stremio://")));
  EXPECT_THAT(page, Not(HasSubstr("name=\"base\"")));
}

TEST(StremioConfigurePageTest, ShowsOnlyWhatIsOffered) {
  auto view = WholeView();
  view.offer = {.stores = {{"tb", "TorBox"}}, .tokens = false, .users = false, .indexers = false};

  const auto page = ConfigurePage(view);

  for (const auto* absent : {".token", ".auth", "indexers", "proxied", "name=\"saved\"", "server"})
    EXPECT_THAT(PageBody(page), Not(HasSubstr(absent))) << absent;
  EXPECT_THAT(page, Not(HasSubstr("id=\"indexers-row\"")));
}

TEST(StremioConfigurePageTest, EachControlHasALabelAndEachIdIsOne) {
  auto view = WholeView();
  view.form.stores.resize(3);
  view.form.indexers.resize(2);
  view.form.problems = {{"stores[1].token", "one"}, {"filter", "two"}};
  view.install_url = "https://sluice.example/e.x/manifest.json";

  const auto page = PageBody(ConfigurePage(view));

  const auto ids = AttributeValues(page, "id");
  const std::set<std::string> known(ids.begin(), ids.end());
  EXPECT_EQ(known.size(), ids.size()) << "an id stands twice";
  const auto labels = AttributeValues(page, "for");
  for (const auto& label : labels) EXPECT_TRUE(known.contains(label)) << label;
  const auto controls = CountOf(page, "<input") + CountOf(page, "<select") + CountOf(page, "<textarea") -
                        CountOf(page, "type=\"hidden\"");
  EXPECT_EQ(labels.size(), controls);
  for (const auto* attribute : {"aria-describedby", "aria-labelledby"}) {
    for (auto targets : AttributeValues(page, attribute)) {
      for (targets += ' '; !targets.empty(); targets.erase(0, targets.find(' ') + 1))
        EXPECT_TRUE(known.contains(targets.substr(0, targets.find(' ')))) << targets;
    }
  }
}

TEST(StremioConfigurePageTest, SaysWhatIsWrongBesideTheFieldAndAbove) {
  auto view = WholeView();
  view.form.stores = {{.code = "tb"}, {.code = "tb"}};
  view.form.problems = {{"stores[1].token", std::string(kMarkup)}, {"sort", "want size"}, {"", "All of it."}};

  const auto page = ConfigurePage(view);

  EXPECT_THAT(page, HasSubstr("<title>Please look again: Configure Torz</title>"));
  const auto summary = Between(page, "role=\"alert\"", "</div>");
  EXPECT_THAT(summary, HasSubstr("3 things are to be mended"));
  EXPECT_THAT(summary, HasSubstr("<a href=\"#stores-1-token\">Store 2, key</a>: " + std::string(kEscapedMarkup)));
  EXPECT_THAT(summary, HasSubstr("<a href=\"#sort\">Order</a>: want size"));
  EXPECT_THAT(summary, HasSubstr("<li>All of it.</li>"));
  const auto control = Between(page, "<input id=\"stores-1-token\"", ">");
  EXPECT_THAT(control, HasSubstr(R"(aria-invalid="true")"));
  EXPECT_THAT(control, HasSubstr(R"(aria-describedby="stores-1-token-hint stores-1-token-problem")"));
  EXPECT_THAT(page, HasSubstr("id=\"stores-1-token-problem\">" + std::string(kEscapedMarkup)));
  EXPECT_EQ(CountOf(page, "aria-invalid=\"true\""), 2u + CountOf(page, "[aria-invalid=\"true\"]"));
}

TEST(StremioConfigurePageTest, OpensTheIndexersWhereThereAreSome) {
  auto view = WholeView();
  view.form.indexers = {{.name = "jackett", .origin = "https://j.example", .kept = 0, .has_api_key = true}};

  const auto page = PageBody(ConfigurePage(view));

  EXPECT_THAT(page, HasSubstr("<details open>"));
  EXPECT_THAT(page, HasSubstr(R"(<option value="jackett" selected>)"));
  EXPECT_THAT(page, HasSubstr("One is set, at https://j.example. Leave this empty to keep it."));
  EXPECT_THAT(page, HasSubstr(R"(<input type="hidden" name="indexers[0].kept" value="0">)"));
}

TEST(StremioConfigurePageTest, GivesTheUrlToInstall) {
  auto view = WholeView();
  view.install_url = "https://sluice.example/x'\"<>/manifest.json";
  const std::string escaped = "sluice.example/x&apos;&quot;&lt;&gt;/manifest.json";

  const auto page = ConfigurePage(view);

  EXPECT_THAT(page, HasSubstr("href=\"stremio://" + escaped + "\""));
  EXPECT_THAT(page, HasSubstr("href=\"https://" + escaped + "\""));
  EXPECT_THAT(Between(page, "<input id=\"install-url\"", ">"), HasSubstr("readonly"));
  EXPECT_THAT(page, HasSubstr("value=\"https://" + escaped + "\""));
  view.install_url = "javascript:alert(1)";
  EXPECT_THAT(ConfigurePage(view), Not(HasSubstr("javascript:")));
}

TEST(StremioConfigurePageTest, ShowsNoSecret) {
  const UserData data{
      .stores = {{.code = "tb", .token = "planted-token", .auth = "0123planted"}, {.code = "rd", .token = "planted"}},
      .indexers = {{.name = "generic", .url = "https://u:planted@i.example/planted?planted", .api_key = "planted-key"},
                   {.name = "jackett", .url = "https:planted.example::planted", .api_key = "planted"}}};
  auto view = WholeView();
  view.form = AskAgain(data).shown;
  EXPECT_THAT(ConfigurePage(view), Not(HasSubstr("planted")));
  EXPECT_THAT(ConfigurePage(view), HasSubstr("https://i.example")) << "and yet the origin";

  // Nor of a form that was refused, in whichever field the secret was put.
  for (const auto* code : {"tb", "planted", "p2p", "rd", ""}) {
    for (const auto* name : {"generic", "planted", ""}) {
      const auto form = ReadConfigureForm(
          std::string("stores_length=1&stores[0].token=planted%00&stores[0].auth=planted&stores[0].code=") + code +
              "&indexers_length=1&indexers[0].url=https://planted.example/planted%00&indexers[0].apikey=planted"
              "&indexers[0].name=" +
              name,
          {}, view.offer);
      ASSERT_TRUE(form) << form.error().message;
      ASSERT_FALSE(form->problems.empty());
      view.form = AskAgain(*form).shown;
      EXPECT_THAT(ConfigurePage(view), Not(HasSubstr("planted"))) << code << name;
    }
  }
}

TEST(StremioConfigurePageTest, EscapesWhateverItShows) {
  const std::string text(kMarkup);
  auto view = WholeView();
  view.addon_name = text;
  view.base = text;
  view.offer.stores = {{text, text}};
  view.form = {.stores = {{.code = text}},
               .indexers = {{.name = text, .origin = text, .kept = 0}},
               .sort = text,
               .filter = "</textarea>" + text,
               .focus = text,
               .problems = {{text, text}, {"filter", text}, {"", text}}};

  const auto page = ConfigurePage(view);

  EXPECT_THAT(page, Not(HasSubstr(text)));
  EXPECT_THAT(page, Not(HasSubstr("<b>")));
  EXPECT_THAT(page, Not(HasSubstr("</textarea>&lt;b")));
  EXPECT_THAT(page, HasSubstr("&lt;/textarea&gt;" + std::string(kEscapedMarkup) + "</textarea>"));
  EXPECT_THAT(page, HasSubstr("<option value=\"" + std::string(kEscapedMarkup) + "\" selected>"));
}

TEST(StremioConfigurePageTest, KeepsWhatWasChosen) {
  auto view = WholeView();
  view.base = "e.AAAA";
  view.form = {.stores = {{.code = "tb", .kept = 0, .has_token = true}, {.code = "dl"}},
               .cached = true,
               .proxied = true,
               .sort = "-size",
               .filter = "Size < 1",
               .focus = "stores[1].code"};

  const auto page = PageBody(ConfigurePage(view));

  EXPECT_THAT(page, HasSubstr(R"(<input type="hidden" name="base" value="e.AAAA">)"));
  EXPECT_THAT(page, HasSubstr(R"(<input type="hidden" name="stores[0].kept" value="0">)"));
  EXPECT_THAT(page, Not(HasSubstr("stores[1].kept")));
  EXPECT_THAT(page, HasSubstr(R"(<option value="tb" selected>)"));
  EXPECT_THAT(page, HasSubstr(R"(<option value="dl" selected>debridlink (not offered here)</option>)"));
  EXPECT_THAT(Between(page, "name=\"cached\"", "<label"), HasSubstr(" checked"));
  EXPECT_THAT(Between(page, "name=\"uncached_private\"", "<label"), Not(HasSubstr(" checked")));
  EXPECT_THAT(Between(page, "name=\"proxied\"", "<label"), HasSubstr(" checked"));
  EXPECT_THAT(Between(page, "name=\"sort\"", ">"), HasSubstr("value=\"-size\""));
  EXPECT_THAT(page, HasSubstr(">Size &lt; 1</textarea>"));
  EXPECT_THAT(Between(page, "<select id=\"stores-1-code\"", ">"), HasSubstr(" autofocus"));
  EXPECT_EQ(CountOf(page, " autofocus"), 1u);
}

TEST(StremioConfigurePageTest, AsksForRowsWithoutScriptUpToTheirBound) {
  auto view = WholeView();
  view.form.stores.resize(15);
  EXPECT_THAT(Between(ConfigurePage(view), "id=\"stores-add\"", "Add"), Not(HasSubstr("disabled")));

  view.form.stores.resize(16);
  const auto page = ConfigurePage(view);

  EXPECT_THAT(page, HasSubstr(R"(<button class="add" name="more" value="stores" id="stores-add")"));
  EXPECT_THAT(Between(page, "id=\"stores-add\"", "Add"), HasSubstr("disabled"));
  EXPECT_LT(page.find(R"(<button class="away")"), page.find("name=\"more\"")) << "what the return key presses";
}

TEST(StremioConfigurePageTest, WhatItSendsIsReadAgain) {
  auto view = WholeView();
  view.form = AskAgain(UserData{.stores = {{.code = "tb", .token = "x"}},
                                .indexers = {{.name = "generic", .url = "https://i.example", .api_key = "k"}}})
                  .shown;
  const std::vector<std::string> ticks{"cached", "uncached_private", "proxied", "saved"};
  std::string body;
  for (const auto& name : AttributeValues(PageBody(ConfigurePage(view)), "name")) {
    if (name == "more") continue;
    const bool tick = std::ranges::find(ticks, name) != ticks.end();
    body += name + (tick ? "=on&" : name.ends_with("_length") ? "=1&" : name.ends_with(".kept") ? "=0&" : "=&");
  }

  const auto form = ReadConfigureForm(body, {}, view.offer);

  ASSERT_TRUE(form) << form.error().message << "\n" << body;
  EXPECT_TRUE(form->data.proxied);
  EXPECT_EQ(form->empty_stores, 1u);
  EXPECT_EQ(form->empty_indexers, 1u);
}

TEST(StremioConfigurePageTest, ThePolicyLetsItsOwnStyleAndScriptBe) {
  const auto page = ConfigurePage(WholeView());
  const auto hash = [](const std::string& text) { return "'sha256-" + sdk::Base64Encode(page::Sha256(text)) + "'"; };

  EXPECT_EQ(ConfigurePagePolicy(), "default-src 'none'; style-src " + hash(Between(page, "<style>", "</style>")) +
                                       "; script-src " + hash(Between(page, "<script>", "</script>")) +
                                       "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  EXPECT_EQ(CountOf(page, "<script"), 1u);
  EXPECT_EQ(CountOf(page, "<style"), 1u);
  EXPECT_THAT(page, Not(testing::ContainsRegex(" (style|on[a-z]+)=")));
  EXPECT_THAT(page, StartsWith("<!DOCTYPE html>\n<html lang=\"en\">"));
}

}  // namespace
}  // namespace sluice::plugins::stremio
