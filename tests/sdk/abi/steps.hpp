// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Per kind: every method with full and with empty arguments; everything that comes back goes into a transcript.

#include <string>

#include "tests/sdk/abi/through.hpp"

namespace sluice::sdk::abi_test {

inline void Show(std::ostream& out, const std::optional<Principal>& who) { Show(out, who ? &*who : nullptr); }
inline void Show(std::ostream& out, const Account& account) {
  out << account.id << ' ' << static_cast<unsigned>(account.plan) << ' '
      << account.expires_at.time_since_epoch().count() << " " << account.email << "\n";
}
inline void Show(std::ostream& out, std::uint64_t number) { out << number << '\n'; }
inline void Show(std::ostream& out, const RewrittenManifest& m) {
  out << m.text << '|' << m.content_type << '|' << m.stable << '\n';
}
inline void Show(std::ostream& out, const Destination& d) { out << d.url << '|' << d.wait.count() << '\n'; }
inline void Show(std::ostream& out, const std::optional<Source>& source) {
  if (source) return Show(out, *source);
  out << "no source\n";
}
inline void Show(std::ostream& out, const std::optional<Reply>& reply) {
  if (!reply) return void(out << "no reply\n");
  out << "reply " << reply->status << ' ' << reply->body;
  ShowFields(out, reply->headers);
}

template <typename T>
void ShowResult(std::ostream& out, const Result<T>& result) {
  if (!result) return Show(out, result.error());
  out << "ok ";
  Show(out, *result);
}
inline void ShowResult(std::ostream& out, const Status& status) {
  if (!status) return Show(out, status.error());
  out << "ok\n";
}
/// Forty of each, so that lists pass their inline room.
struct Requests {
  Requests() {
    for (int i = 0; i < 40; ++i) names.push_back("X-" + std::to_string(i));
    for (const auto& name : names) fields.push_back({name, "v"});
    who.grants.push_back({"torbox", "key", "id", Seconds(std::chrono::seconds(3))});
    for (const auto& name : names) who.scopes.push_back(name);
    full = {
        .method = "POST", .path = "/a%20b", .query = "x=1&y", .headers = fields, .params = fields, .principal = &who};
    response = {.status = 206, .url = "https://o.example/", .headers = fields};
  }
  std::vector<std::string> names;
  std::vector<Field> fields;
  Principal who{.subject = "user:1", .scopes = {}, .expires_at = Seconds(std::chrono::seconds(9)), .grants = {}};
  RequestHead full;
  ResponseHead response;
};

inline void Steps(AuthBackend& auth, Taker& to) {
  for (const auto* call : {&RequestCall(), &BareCall()}) {
    ShowResult(to.out, auth.Authenticate(Call(*call), {"basic", "u", "s", "192.0.2.9", "agent/1"}));
    ShowResult(to.out, auth.Authenticate(Call(*call), {"bearer", "", "not mine", "", "", "stream", "aa"}));
    const auto interests = auth.Interests();
    to.out << interests.usage << interests.revocations << '\n';
    const UsageRecord records[] = {
        {"id1", "user:42", "k1", "stream-served", "aa", true, 7, Seconds(std::chrono::seconds(5))},
        {.id = "id2", .subject = "user:1"}};
    ShowResult(to.out, auth.ReportUsage(Call(*call), records));
    ShowResult(to.out, auth.Watch(Call(*call), to));
  }
}
inline void Steps(Store& store, Taker& to) {
  const std::string_view hashes[] = {"aa", "", "bb"};
  const std::vector<std::string_view> many(500, "cc");
  const StoreUser user{"token", "192.0.2.1"};
  for (const auto* raw : {&RequestCall(), &BareCall()}) {
    const Call call(*raw);
    ShowResult(to.out, store.GetAccount(call, user));
    const auto traits = store.Traits();
    for (const bool trait :
         {traits.torrents, traits.usenet, traits.web, traits.checks, traits.downloads, traits.torrent_files,
          traits.private_torrents, traits.torrent_order, traits.lists, traits.removes, traits.trusted})
      to.out << trait;
    ShowResult(to.out, store.Check(call, user, Content::kTorrent, hashes, to));
    ShowResult(to.out, store.Check(call, {}, Content::kUsenet, {}, to));
    ShowResult(to.out, store.Check(call, user, Content::kWeb, many, to));
    ShowResult(to.out, store.Add(call, user, {.uri = "magnet:?xt=urn:btih:aa", .name = "A name"}));
    ShowResult(to.out, store.Add(call, user, {.content = Content::kUsenet, .file = AsBytes("<nzb/>")}));
    ShowResult(to.out, store.Get(call, user, "i1"));
    ShowResult(to.out, store.Get(call, {}, ""));
    ShowResult(to.out, store.List(call, user, {.content = Content::kWeb, .offset = 5, .limit = 500}, to));
    ShowResult(to.out, store.Remove(call, user, "i1"));
    ShowResult(to.out, store.Link(call, user, "i1", "f/1"));
  }
}
inline void Steps(Indexer& indexer, Taker& to) {
  const std::vector<std::string_view> titles(20, "A title");
  const Query query{.text = "t",
                    .imdb_id = "tt1",
                    .season = 0,
                    .episode = 3,
                    .limit = 7,
                    .kind = TitleKind::kAnime,
                    .year = 1999,
                    .titles = titles};
  ShowResult(to.out, indexer.Search(Call(RequestCall()), {.url = "https://i.example/", .key = "key"}, query, to));
  ShowResult(to.out, indexer.Search(Call(BareCall()), {}, {}, to));
}
inline void Steps(ManifestRewriter& rewriter, Taker& to) {
  to.out << rewriter.Accepts({"audio/mpegurl", "https://o.example/", "#EXTM3U"}) << rewriter.Accepts({}) << '\n';
  ShowResult(to.out, rewriter.Rewrite(Call(RequestCall()), {"text", "https://o.example/a", "x/y"}, to));
  ShowResult(to.out, rewriter.Rewrite(Call(BareCall()), {}, to));
  to.out << rewriter.Accepts({.note = "n"}) << '\n';
  for (unsigned kind = 0; kind <= 6; ++kind)
    ShowResult(to.out, rewriter.Follow(Call(RequestCall()), {"https://o.example/", "a=b&c", static_cast<LinkKind>(kind),
                                                             "note", kind % 2 == 0}));
  ShowResult(to.out, rewriter.Rewrite(Call(RequestCall()), {.text = "text", .note = "note", .references = &to}, to));
  ShowResult(to.out, rewriter.Check(Call(RequestCall()), {"text", "https://o.example/a", "x/y", "note"}, to));
  ShowResult(to.out, rewriter.Check(Call(BareCall()), {}, to));
}
inline void Steps(MediaBackend& media, Taker& to) {
  const Requests requests;
  const Call call(RequestCall());
  for (const Principal& who : {requests.who, Principal{}}) {
    ShowResult(to.out, media.Browse(call, who, "parent", to));
    ShowResult(to.out, media.Browse(call, who, "", to));
    ShowResult(to.out, media.Resolve(call, who, "item", R"({"a": 1})"));
    for (unsigned kind = 0; kind <= 6; ++kind)
      ShowResult(to.out, media.ResolveChild(call, who, {"https://o.example", "ctx", static_cast<LinkKind>(kind)}));
    for (unsigned event = 0; event <= 3; ++event)
      ShowResult(to.out, media.Report(call, who, "item", static_cast<PlaybackEvent>(event), std::chrono::hours(2)));
  }
}
inline void Steps(Resolver& resolver, Taker& to) {
  const Requests requests;
  for (const RequestHead& head : {requests.full, RequestHead{}}) {
    ShowResult(to.out, resolver.Resolve(Call(RequestCall()), head));
    ShowResult(to.out, resolver.ResolveChild(Call(BareCall()), head, {"https://o.example", "", LinkKind::kKey}));
  }
}
inline void Steps(Endpoint& endpoint, Taker& to) {
  const Requests requests;
  for (const auto& route : endpoint.Routes())
    to.out << route.method << ' ' << route.path_template << ' ' << route.scope << '\n';
  for (std::size_t route : {0U, 1U}) {
    ShowResult(to.out, endpoint.Handle(Call(RequestCall()), route, requests.full, AsBytes("body"), to));
    ShowResult(to.out, endpoint.Handle(Call(BareCall()), route, {}, {}, to));
  }
  to.start_error = Error{.code = Errc::kInvalidArgument, .message = "started twice", .upstream_status = 3};
  ShowResult(to.out, endpoint.Handle(Call(BareCall()), 0, {}, {}, to));
  to.start_error.reset();
}
/// Answers with what it was asked for.
struct EchoFetcher final : ReferenceFetcher {
  Result<HttpResponse> Fetch(const Reference& reference) override {
    if (reference.url.ends_with("/refused")) return Error{.code = Errc::kPermissionDenied, .message = "no"};
    return HttpResponse{.status = 206,
                        .url = std::string(reference.url),
                        .headers = {{"A", "b"}},
                        .body = std::to_string(static_cast<unsigned>(reference.kind)) + " " +
                                std::to_string(reference.offset) + "+" + std::to_string(reference.length)};
  }
};

inline void ShowBody(Result<std::unique_ptr<BodyTransform>> body, Taker& to) {
  if (!body) return Show(to.out, body.error());
  if (*body == nullptr) return void(to.out << "no body\n");
  ShowResult(to.out, (*body)->Write(AsBytes("one"), to));
  ShowResult(to.out, (*body)->Write({}, to));
  ShowResult(to.out, (*body)->Finish(to));
}

inline void Steps(Filter& filter, Taker& to) {
  const Requests requests;
  const Call call(RequestCall());
  to.out << "length preserving " << filter.LengthPreserving() << '\n';
  for (const RequestHead& head : {requests.full, RequestHead{}}) ShowResult(to.out, filter.OnRequest(call, head, to));
  for (int status : {200, 204, 206}) {
    const ResponseHead head{.status = status, .url = "u", .headers = requests.fields};
    ShowResult(to.out, filter.OnResponse(call, head, to));
    ShowBody(filter.OpenBody(call, head), to);
    EchoFetcher fetcher;
    ShowBody(filter.OpenBodyFor(call, head, {.request = &requests.full}), to);
    ShowBody(filter.OpenBodyFor(call, head,
                                {.request = &requests.full,
                                 .kind = LinkKind::kSegment,
                                 .url = "https://o.example/s",
                                 .note = "a note",
                                 .context = "c",
                                 .references = &fetcher}),
             to);
  }
}

}  // namespace sluice::sdk::abi_test
