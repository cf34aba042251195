// SPDX-License-Identifier: MIT
#include "core/cli/manifest_tool.hpp"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/url.hpp>
#include <vector>

#include "core/cli/app.hpp"
#include "core/cli/manifest_links.hpp"
#include "core/net/own_call.hpp"
#include "core/state/links.hpp"
#include "core/state/secrets.hpp"
#include "core/telemetry/log.hpp"
#include "core/upstream/fields.hpp"

namespace sluice::cli {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr std::size_t kMaxBytes = 64 * 1024 * 1024;
constexpr std::size_t kMaxDocuments = 50;
constexpr std::size_t kProbeBytes = 512;
constexpr std::string_view kConverter = "dash-to-hls";

std::string ShippedRewriters() {
  return "version: 1\nlisteners: {none: {address: \"127.0.0.1:0\"}}\nlog: {level: error}\nstate: {secret_key: \"" +
         sdk::Base64Encode(state::RandomBytes(32)) +
         "\"}\ncomponents:\n  hls: {kind: manifest, type: hls}\n  dash: {kind: manifest, type: dash}\n  dash-to-hls: "
         "{kind: manifest, type: dash-to-hls}\n";
}

/// A manifest to be read, and how it was led to.
struct Wanted {
  std::string url;
  std::string note;
  std::string link;  ///< Empty: it is the first.
};

struct Document {
  std::string url;
  std::string text;
  std::string content_type;
};

/// "file:///…" of a path, everything that is not plain escaped.
std::string FileUrl(const std::string& path) {
  std::string url = "file://";
  for (const auto& part : std::filesystem::absolute(path).lexically_normal()) {
    if (part != "/") url += "/" + sdk::PercentEncode(part.string());
  }
  return url;
}

/// "3 segments, 1 key"
std::string Summary(const std::vector<ReadableLinks::Made>& links) {
  std::map<sdk::LinkKind, std::size_t> counts;
  for (const auto& link : links) ++counts[link.kind];
  std::string text;
  for (const auto& [kind, count] : counts) {
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " ";
    text.append(state::NameOf(kind)).append(count == 1 ? "" : "s");
  }
  return text.empty() ? "no links" : text;
}

class Tool {
 public:
  Tool(ManifestMode mode, const ManifestFlags& flags, std::ostream& out, std::ostream& err)
      : mode_(mode), flags_(flags), out_(out), err_(err) {}

  int Run() {
    if (!Prepare()) return kExitUsage;
    const net::OwnCall context(std::chrono::steady_clock::now() + kPatience);
    call_ = &context.call();
    fetcher_.Use(*call_);
    first_url_ = IsWeb(flags_.source) ? flags_.source : flags_.url.empty() ? FileUrl(flags_.source) : flags_.url;
    queue_.push_back({.url = first_url_, .note = {}, .link = {}});
    for (std::size_t count = 0; !queue_.empty(); ++count) {
      if (count == kMaxDocuments) {
        err_ << "sluice: manifest: more than " << kMaxDocuments << " manifests; the others were not looked at\n";
        break;
      }
      const auto wanted = std::move(queue_.front());
      queue_.pop_front();
      Work(wanted);
    }
    if (unreadable_ && mode_ == ManifestMode::kCheck) return kExitUsage;
    return failed_ || unreadable_ ? kExitFailed : kExitOk;
  }

 private:
  /// Makes the components. Says what is wrong.
  bool Prepare() {
    telemetry::SetLogLevel(telemetry::Level::kError);
    config::Faults faults;
    auto options = OptionsOf(flags_.from, faults);
    if (flags_.from.config.empty()) options.config_text = ShippedRewriters();
    app_ = std::make_unique<App>(std::move(options));
    app_->Prepare(faults);
    if (!faults.empty()) {
      Complain(faults, err_);
      return false;
    }
    return ChooseRewriters();
  }

  bool ChooseRewriters() {
    const auto snapshot = app_->snapshot();
    for (const auto& [name, component] : snapshot->components) {
      const bool converts = component.instance->type() == kConverter;
      const bool named =
          flags_.component.empty() ? converts || mode_ != ManifestMode::kConvert : name == flags_.component;
      if (named && component.instance->As<sdk::ManifestRewriter>() != nullptr) rewriters_.push_back(component.instance);
    }
    // An MPD stays one, unless it is to be converted.
    std::stable_partition(rewriters_.begin(), rewriters_.end(),
                          [](const auto& rewriter) { return rewriter->type() != kConverter; });
    if (!rewriters_.empty()) return true;
    err_ << "sluice: manifest: --component: want the name of a component of kind manifest in the configuration\n";
    return false;
  }

  void Work(const Wanted& wanted) {
    const auto document = Read(wanted);
    if (!document) return Unreadable(wanted, document.error().message);
    const auto* const rewriter = Accepting(wanted, *document);
    if (rewriter == nullptr) {
      return Unreadable(wanted, "no rewriter takes it for a manifest of its format (Content-Type: " +
                                    (document->content_type.empty() ? "none" : document->content_type) + ")");
    }
    if (mode_ == ManifestMode::kCheck && !Check(wanted, *document, *rewriter)) return;
    ReadableLinks links;
    auto rewritten = rewriter->As<sdk::ManifestRewriter>()->Rewrite(*call_,
                                                                    {.text = document->text,
                                                                     .base_url = document->url,
                                                                     .content_type = document->content_type,
                                                                     .note = wanted.note,
                                                                     .references = &fetcher_},
                                                                    links);
    if (!rewritten) return Fail(wanted, rewritten.error().message);
    if (mode_ == ManifestMode::kCheck) {
      out_ << wanted.url << ": " << rewriter->name() << ": " << Summary(links.made()) << '\n';
    } else {
      if (!wanted.link.empty()) out_ << "\n# " << wanted.link << '\n';
      out_ << rewritten->text;
    }
    if (mode_ != ManifestMode::kRewrite) Follow(links.made());
  }

  /// Shows what is wrong with it by the rules of its format. \returns  false: it has no such format.
  bool Check(const Wanted& wanted, const Document& document, const plugin::Instance& rewriter) {
    struct Printer final : sdk::FindingSink {
      Printer(std::ostream& to, const std::string& place) : out(to), url(place) {}
      bool Put(const sdk::ManifestFinding& finding) override {
        any = true;
        out << url;
        if (finding.line > 0) out << ':' << finding.line;
        out << ": " << finding.text;
        if (!finding.rule.empty()) out << " (" << finding.rule << ')';
        out << '\n';
        return true;
      }
      std::ostream& out;
      const std::string& url;
      bool any = false;
    } printer(out_, wanted.url);
    const auto checked = rewriter.As<sdk::ManifestRewriter>()->Check(
        *call_,
        {.text = document.text, .base_url = document.url, .content_type = document.content_type, .note = wanted.note},
        printer);
    failed_ = failed_ || printer.any;
    if (!checked) Unreadable(wanted, checked.error().message);
    return static_cast<bool>(checked);
  }

  sdk::Result<Document> Read(const Wanted& wanted) {
    const bool given = wanted.url == first_url_;  // a file may be said to be from elsewhere
    auto response = fetcher_.Fetch({.url = given && !IsWeb(flags_.source) ? FileUrl(flags_.source) : wanted.url,
                                    .kind = sdk::LinkKind::kManifest,
                                    .max_bytes = kMaxBytes});
    if (!response) return std::move(response).error();
    if (response->status != 200) {
      return sdk::Error{.code = sdk::Errc::kUpstreamFailed,
                        .message = "want status 200, got " + std::to_string(response->status)};
    }
    return Document{.url = given && !IsWeb(flags_.source) ? first_url_ : response->url,
                    .text = std::move(response->body),
                    .content_type = std::string(upstream::FindField(response->headers, "Content-Type").value_or(""))};
  }

  const plugin::Instance* Accepting(const Wanted& wanted, const Document& document) const {
    const sdk::ManifestProbe probe{.content_type = document.content_type,
                                   .url = document.url,
                                   .first_bytes = std::string_view(document.text).substr(0, kProbeBytes),
                                   .note = wanted.note};
    for (const auto& rewriter : rewriters_) {
      if (rewriter->As<sdk::ManifestRewriter>()->Accepts(probe)) return rewriter.get();
    }
    return nullptr;
  }

  void Follow(const std::vector<ReadableLinks::Made>& links) {
    for (const auto& link : links) {
      if (link.kind != sdk::LinkKind::kManifest || link.is_template) continue;
      if (seen_.emplace(link.url, link.note).second) queue_.push_back({link.url, link.note, link.link});
    }
  }

  void Unreadable(const Wanted& wanted, std::string_view message) {
    unreadable_ = true;
    err_ << wanted.url << ": " << message << '\n';
  }

  void Fail(const Wanted& wanted, std::string_view message) {
    failed_ = true;
    err_ << wanted.url << ": " << message << '\n';
  }

  const ManifestMode mode_;
  const ManifestFlags& flags_;
  std::ostream& out_;
  std::ostream& err_;
  std::string first_url_;
  std::unique_ptr<App> app_;
  std::vector<pipeline::InstancePtr> rewriters_;  ///< In the order in which they are asked.
  OwnFetcher fetcher_;
  const sdk::Call* call_ = nullptr;
  std::deque<Wanted> queue_;
  std::set<std::pair<std::string, std::string>> seen_;
  bool failed_ = false;
  bool unreadable_ = false;  ///< Something is no manifest, or could not be had.
};

}  // namespace

int RunManifestTool(ManifestMode mode, const ManifestFlags& flags, std::ostream& out, std::ostream& err) {
  return Tool(mode, flags, out, err).Run();
}

}  // namespace sluice::cli
