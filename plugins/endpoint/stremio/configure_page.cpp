// SPDX-License-Identifier: MIT
#include "configure_page.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <sluice/sdk/text.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "common/markup/escape_xml.hpp"
#include "configure_style.hpp"
#include "endpoint/common/page_policy.hpp"
#include "form_fields.hpp"
#include "sort.hpp"
#include "store_codes.hpp"

namespace sluice::plugins::stremio {
namespace {

using markup::EscapeXml;

struct Option {
  std::string value;
  std::string text;
};

/// One control of the form. Its name says where its problems are.
struct Control {
  std::string name;
  std::string label;
  std::string hint{};
};

/// "stores-0-token": what is an id, a fragment of a URL and a name for scripts without escapes.
std::string IdOf(std::string_view name) {
  std::string out;
  for (const char c : name)
    if (c != ']') out += c == '[' || c == '.' ? '-' : c;
  return out;
}

std::string Attribute(std::string_view name, std::string_view value) {
  return std::string(" ").append(name).append("=\"").append(EscapeXml(value)).append("\"");
}

class Page {
 public:
  explicit Page(const ConfigureView& view) : view_(view), form_(view.form) {}

  std::string Write() && {
    WriteHead();
    WriteInstall();
    WriteSummary();
    out_ += "<form id=\"configuration\" method=\"post\" autocomplete=\"off\">";
    // The first of a form's buttons is what the return key presses: not one that adds a row.
    out_ += R"(<button class="away" tabindex="-1" aria-hidden="true">Make the addon</button>)";
    if (!view_.base.empty()) WriteHidden("base", view_.base);
    WriteStores();
    if (view_.offer.indexers) WriteIndexers();
    WriteOptions();
    WriteLists();
    out_ += R"(<button class="main send">)";
    out_ += view_.install_url.empty() ? "Make the addon" : "Make it anew";
    out_ += "</button></form><p id=\"status\" class=\"away\" role=\"status\"></p></main><script>";
    out_.append(ConfigureScript()).append("</script></body></html>\n");
    return std::move(out_);
  }

 private:
  void WriteHead() {
    const auto name = EscapeXml(view_.addon_name);
    out_ +=
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
        "<meta name=\"robots\" content=\"noindex\"><title>";
    if (!form_.problems.empty()) out_ += "Please look again: ";
    out_.append("Configure ").append(name).append("</title><style>").append(ConfigureStyle());
    out_.append("</style></head><body><main><h1>Configure ").append(name).append("</h1>");
    out_ += "<p class=\"hint\">Say where your streams come from, then install the addon in your player.</p>";
  }

  void WriteInstall() {
    const auto& url = view_.install_url;
    const auto scheme = url.find("://");
    // Nothing else is a link that may be followed.
    if (!url.starts_with("https://") && !url.starts_with("http://")) return;
    out_ += R"(<div class="box good" role="region" aria-labelledby="install" tabindex="-1")";
    if (form_.problems.empty() && form_.focus.empty()) out_ += " autofocus";
    out_ +=
        R"(><h2 id="install">The addon is ready</h2><p>Install it in the player that is on this device, or copy its )"
        R"(URL into the search field of the player's addons.</p><p class="together"><a class="button main")";
    out_ += Attribute("href", "stremio" + url.substr(scheme)) + ">Install in the player</a><a class=\"button\"";
    out_ += Attribute("href", url) + ">Manifest</a></p><label for=\"install-url\">URL of the addon</label>";
    out_ += R"(<p class="together"><input id="install-url" class="mono" readonly aria-describedby="install-hint")";
    out_ += Attribute("value", url) + R"(><button type="button" id="copy" hidden>Copy</button></p>)";
    out_ += R"(<p id="install-hint" class="hint">Keep it to yourself: who has it streams by your accounts.</p></div>)";
  }

  void WriteSummary() {
    if (form_.problems.empty()) return;
    out_ += R"(<div class="box bad" role="alert" aria-labelledby="problems" tabindex="-1")";
    if (form_.focus.empty()) out_ += " autofocus";
    out_ += "><h2 id=\"problems\">";
    out_ += form_.problems.size() == 1 ? "One thing is to be mended"
                                       : std::to_string(form_.problems.size()) + " things are to be mended";
    out_ += "</h2><ul>";
    for (const auto& problem : form_.problems) {
      out_ += "<li>";
      const auto label = LabelOf(problem.field);
      if (label.empty())
        out_ += EscapeXml(problem.message);
      else
        out_ += "<a" + Attribute("href", "#" + IdOf(problem.field)) + ">" + EscapeXml(label) +
                "</a>: " + EscapeXml(problem.message);
      out_ += "</li>";
    }
    out_ += "</ul></div>";
  }

  /// What the summary calls a field, "Store 2, key"; empty: the page does not show it.
  std::string LabelOf(std::string_view field) const {
    const bool is_store = field.starts_with("stores[");
    if (is_store || (field.starts_with("indexers[") && view_.offer.indexers)) {
      auto member = field;
      auto row = sdk::TakeUpTo(member, '.');
      sdk::TakeUpTo(row, '[');
      const auto index = NumberOf(sdk::TakeUpTo(row, ']'));
      static constexpr std::pair<std::string_view, std::string_view> kMembers[] = {
          {"code", ""}, {"name", ""}, {"token", ", key"}, {"auth", ", user id"}, {"url", ", URL"}, {"apikey", ", key"}};
      const auto* const found =
          std::ranges::find(kMembers, member, &std::pair<std::string_view, std::string_view>::first);
      if (!index || found == std::end(kMembers)) return {};
      if (member == "token" && !view_.offer.tokens) return {};
      if (member == "auth" && !view_.offer.users) return {};
      return (is_store ? "Store " : "Indexer ") + std::to_string(*index + 1).append(found->second);
    }
    if (field == "sort") return "Order";
    if (field == "filter") return "Filter";
    return {};
  }

  void WriteHidden(std::string_view name, std::string_view value) {
    out_ += "<input type=\"hidden\"" + Attribute("name", name) + Attribute("value", value) + ">";
  }

  std::string ProblemOf(std::string_view name) const {
    std::string out;
    for (const auto& problem : form_.problems)
      if (problem.field == name) out.append(out.empty() ? "" : " ").append(problem.message);
    return out;
  }

  /// What each control says of itself: name, id, and what describes it.
  std::string Naming(const Control& control) const {
    const auto id = IdOf(control.name);
    auto out = Attribute("id", id) + Attribute("name", control.name);
    std::string described = control.hint.empty() ? "" : id + "-hint";
    if (!ProblemOf(control.name).empty()) {
      described.append(described.empty() ? "" : " ").append(id).append("-problem");
      out += R"( aria-invalid="true")";
    }
    if (!described.empty()) out += Attribute("aria-describedby", described);
    if (control.name == form_.focus) out += " autofocus";
    return out;
  }

  void WriteNotes(const Control& control) {
    const auto id = IdOf(control.name);
    if (!control.hint.empty())
      out_ += "<p class=\"hint\"" + Attribute("id", id + "-hint") + ">" + EscapeXml(control.hint) + "</p>";
    if (const auto problem = ProblemOf(control.name); !problem.empty())
      out_ += "<p class=\"fault\"" + Attribute("id", id + "-problem") + ">" + EscapeXml(problem) + "</p>";
  }

  void OpenField(const Control& control) {
    out_ += "<div class=\"field\"><label" + Attribute("for", IdOf(control.name)) + ">" + EscapeXml(control.label) +
            "</label>";
  }

  void CloseField(const Control& control) {
    WriteNotes(control);
    out_ += "</div>";
  }

  void WriteSelect(const Control& control, const std::vector<Option>& options, std::string_view chosen) {
    OpenField(control);
    out_ += "<select" + Naming(control) + ">";
    for (const auto& option : options) {
      out_ += "<option" + Attribute("value", option.value);
      if (option.value == chosen) out_ += " selected";
      out_ += ">" + EscapeXml(option.text) + "</option>";
    }
    out_ += "</select>";
    CloseField(control);
  }

  /// \param type  of those that hold secrets, which get no value.
  void WriteEmptyInput(const Control& control, std::string_view type, std::size_t max_length) {
    OpenField(control);
    out_ += "<input" + Naming(control) + Attribute("type", type) + Attribute("maxlength", std::to_string(max_length)) +
            R"( autocomplete="off" autocapitalize="none" spellcheck="false">)";
    CloseField(control);
  }

  void WriteTick(const Control& control, bool ticked) {
    out_ += "<div class=\"tick\"><input type=\"checkbox\" value=\"on\"" + Naming(control) +
            (ticked ? " checked>" : ">") + "<label" + Attribute("for", IdOf(control.name)) + ">" +
            EscapeXml(control.label) + "</label>";
    CloseField(control);
  }

  void OpenRow(const char* what, std::size_t row) {
    out_ += "<fieldset class=\"row\"><legend>" + std::string(what) + " <span class=\"number\">" +
            std::to_string(row + 1) + "</span></legend><button type=\"button\" class=\"remove\" hidden>Remove" +
            "<span class=\"away\"> this " + sdk::LowerCase(what) + "</span></button><div class=\"fields\">";
  }

  void CloseRow(const std::string& place, const std::optional<std::size_t>& kept) {
    out_ += "</div>";
    if (kept) WriteHidden(place + ".kept", std::to_string(*kept));
    out_ += "</fieldset>";
  }

  /// The rows of a list, at least one, what a script makes more of, and the way to more without one.
  template <typename Row, typename Writer>
  void WriteRows(const std::string& list, const std::vector<Row>& rows, std::size_t max, std::string_view more,
                 const Writer& write) {
    const auto count = std::max<std::size_t>(rows.size(), 1);
    WriteHidden(list + "_length", std::to_string(count));
    out_ += "<div" + Attribute("id", list) + ">";
    for (std::size_t i = 0; i < count; ++i) write(i < rows.size() ? rows[i] : Row{}, i);
    out_ += "</div>";
    out_ += "<button class=\"add\" name=\"more\"" + Attribute("value", list) + Attribute("id", list + "-add") +
            Attribute("data-max", std::to_string(max)) + (count < max ? ">" : " disabled>") + EscapeXml(more) +
            "</button>";
  }

  void WriteStores() {
    out_ += "<section aria-labelledby=\"stores-title\"><h2 id=\"stores-title\">Stores</h2><p class=\"hint\">";
    out_ += "They hold what you watch. The first that has it plays it.</p>";
    WriteRows("stores", form_.stores, kMaxStores, "Add a store",
              [&](const ShownStore& store, std::size_t row) { WriteStore(store, row); });
    out_ += "</section>";
  }

  void WriteStore(const ShownStore& store, std::size_t row) {
    const auto place = RowName("stores", row);
    OpenRow("Store", row);
    std::vector<Option> options{{.value = "", .text = store.code.empty() ? "Choose a store" : "None"}};
    for (const auto& offered : view_.offer.stores)
      options.push_back({.value = std::string(offered.code == kServerStores ? kServerStoresInForm : offered.code),
                         .text = offered.name});
    // Else the form would come back with another store than it was made with.
    if (std::ranges::find(options, store.code, &Option::value) == options.end())
      options.push_back({.value = store.code, .text = std::string(StoreNameOf(store.code)) + " (not offered here)"});
    WriteSelect({.name = place + ".code", .label = "Store"}, options, store.code);
    if (view_.offer.tokens)
      WriteEmptyInput({.name = place + ".token",
                       .label = "Key",
                       .hint = store.has_token ? "One is set. Leave this empty to keep it."
                                               : "API key of your account; name:password where there is none."},
                      "password", kMaxTokenBytes);
    if (view_.offer.users)
      WriteEmptyInput({.name = place + ".auth",
                       .label = "User id",
                       .hint = store.has_auth       ? "One is set. Leave this empty to keep it."
                               : view_.offer.tokens ? "In place of a key, if you were given one."
                                                    : "The one that you were given."},
                      "text", 36);
    CloseRow(place, store.kept);
  }

  void WriteIndexers() {
    const bool open = !form_.indexers.empty() || std::ranges::any_of(form_.problems, [](const FormProblem& problem) {
      return problem.field.starts_with("indexers[");
    });
    out_ += open ? "<details open>" : "<details>";
    out_ += "<summary>Indexers of your own</summary><p class=\"hint\">Searched beside those of this server.</p>";
    WriteRows("indexers", form_.indexers, kMaxIndexers, "Add an indexer",
              [&](const ShownIndexer& indexer, std::size_t row) { WriteIndexer(indexer, row); });
    out_ += "</details>";
  }

  void WriteIndexer(const ShownIndexer& indexer, std::size_t row) {
    static const std::vector<Option> kKinds{{.value = "", .text = "None"},
                                            {.value = "jackett", .text = "Jackett"},
                                            {.value = "prowlarr", .text = "Prowlarr"},
                                            {.value = "generic", .text = "Torznab"}};
    const auto place = RowName("indexers", row);
    OpenRow("Indexer", row);
    WriteSelect({.name = place + ".name", .label = "Kind"}, kKinds, indexer.name);
    std::string hint;
    if (indexer.kept)
      hint = "One is set" + (indexer.origin.empty() ? std::string() : ", at " + indexer.origin) +
             ". Leave this empty to keep it.";
    WriteEmptyInput({.name = place + ".url", .label = "URL", .hint = hint}, "text", kMaxUrlBytes);
    WriteEmptyInput(
        {.name = place + ".apikey",
         .label = "Key",
         .hint = indexer.has_api_key ? "One is set, for that URL. Leave this empty to keep it." : "If it wants one."},
        "password", kMaxApiKeyBytes);
    CloseRow(place, indexer.kept);
  }

  void WriteOptions() {
    out_ += "<section><fieldset><legend>Options</legend>";
    WriteTick({.name = "cached", .label = "List only what plays at once"}, form_.cached);
    WriteTick({.name = "uncached_private",
               .label = "List private torrents that no store has yet",
               .hint = "Only some stores can fetch them."},
              form_.uncached_private);
    if (view_.offer.proxied)
      WriteTick({.name = "proxied",
                 .label = "Fetch streams through this server",
                 .hint = "The store sees its address in place of yours."},
                form_.proxied);
    if (view_.offer.saved)
      WriteTick({.name = "saved",
                 .label = "Make a short URL",
                 .hint = "What you enter here is then kept by this server, encrypted, and not in the URL."},
                form_.saved);
    out_ += "</fieldset></section>";
  }

  void WriteLists() {
    out_ += "<section aria-labelledby=\"lists-title\"><h2 id=\"lists-title\">The list of streams</h2>";
    const Control sort{.name = "sort",
                       .label = "Order",
                       .hint = "resolution, quality, size and hdr, with - in front for high to low. Empty: " +
                               std::string(kDefaultSort) + "."};
    OpenField(sort);
    out_ += "<input class=\"mono\" type=\"text\" autocapitalize=\"none\" spellcheck=\"false\"" + Naming(sort) +
            Attribute("maxlength", std::to_string(kMaxSortBytes)) + Attribute("value", form_.sort) + ">";
    CloseField(sort);
    const Control filter{
        .name = "filter",
        .label = "Filter",
        .hint = R"(What to list, such as: Resolution >= "1080p" && Size < "20GB". Empty: everything.)"};
    OpenField(filter);
    out_ += "<textarea rows=\"3\" autocapitalize=\"none\" spellcheck=\"false\"" + Naming(filter) +
            Attribute("maxlength", std::to_string(kMaxFilterBytes)) + ">" + EscapeXml(form_.filter) + "</textarea>";
    CloseField(filter);
    out_ += "</section>";
    // Outside of the rows that are sent: what is in a template is not.
    out_ += "<template id=\"stores-row\">";
    WriteTemplate("stores");
    out_ += "</template>";
    if (!view_.offer.indexers) return;
    out_ += "<template id=\"indexers-row\">";
    WriteTemplate("indexers");
    out_ += "</template>";
  }

  void WriteTemplate(std::string_view list) {
    ConfigureView bare{.offer = view_.offer};
    Page page(bare);
    if (list == "stores")
      page.WriteStore({}, 0);
    else
      page.WriteIndexer({}, 0);
    out_ += page.out_;
  }

  const ConfigureView& view_;
  const ShownForm& form_;
  std::string out_{};
};

}  // namespace

std::string ConfigurePage(const ConfigureView& view) { return Page(view).Write(); }

std::string ConfigurePagePolicy() { return page::Policy(ConfigureStyle(), ConfigureScript()); }

}  // namespace sluice::plugins::stremio
