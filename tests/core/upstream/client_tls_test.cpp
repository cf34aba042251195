// SPDX-License-Identifier: MIT
#include <openssl/ssl.h>

#include "core/upstream/profile.hpp"
#include "tests/core/upstream/client_fixture.hpp"
#include "tests/fakes/faulty_origin.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::upstream {
namespace {

using fakes::FaultyOrigin;
using fakes::Nginx;

class TlsClientTest : public ClientTest {
 protected:
  fakes::TempFolder folder_;
  fakes::Certificates certificates_ = fakes::MakeCertificates(folder_, "DNS:localhost,IP:127.0.0.1");
  ClientOptions Trusting(std::string ca) const {
    return {.trusted = {"127.0.0.1", "localhost", "other.test"}, .ca_file = std::move(ca)};
  }

  /// With a profile of these options, made for this request only.
  std::string FetchWith(TlsOptions options, const std::string& url) {
    auto profile = Profile::Make({.tls = std::move(options), .retry = {.attempts = 1}});
    EXPECT_TRUE(profile) << profile.error().message;
    profile_ = std::move(*profile);
    auto request = Get(url);
    request.profile = profile_.get();
    return Fetch(request);
  }
  std::shared_ptr<const Profile> profile_;
};

TEST_F(TlsClientTest, VerifiesAndSendsTheName) {
  Nginx nginx("ssl_protocols TLSv1.2 TLSv1.3; location / { return 200 \"$ssl_server_name $ssl_protocol\"; }",
              &certificates_);
  MakeClient(Trusting(certificates_.ca));

  EXPECT_EQ(Fetch(Get(nginx.url() + "/")), "200 localhost TLSv1.3");
  EXPECT_EQ(Fetch(Get("https://127.0.0.1:" + std::to_string(nginx.port()) + "/")), "200  TLSv1.3");
  EXPECT_EQ(Fetch(Get(nginx.url() + "/")), "200 localhost TLSv1.3");
  EXPECT_EQ(Metric(kConnections, "1"), 1);
}

TEST_F(TlsClientTest, FetchesAFileByteForByte) {
  Nginx nginx("location / { root files; }", &certificates_);
  std::string content(5'000'000, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>('a' + (i * 2654435761U >> 7U) % 26);
  nginx.folder().Write("files/big.mp4", content);
  MakeClient(Trusting(certificates_.ca));

  EXPECT_TRUE(Fetch(Get(nginx.url() + "/big.mp4")) == "200 " + content);
}

TEST_F(TlsClientTest, RefusesCertificatesOfStrangersAndOfOtherNames) {
  Nginx nginx("location / { return 200 ok; }", &certificates_);
  const auto message = ": want a certificate for this name from a trusted authority";

  MakeClient(Trusting(""));
  EXPECT_EQ(Fetch(Get(nginx.url() + "/")), "localhost:" + std::to_string(nginx.port()) + message);
  int asked = 0;
  MakeClient(Trusting(certificates_.ca),
             std::make_unique<ScriptedResolver>(ScriptedResolver::Answers{{"127.0.0.1"}}, asked));
  const auto other = "other.test:" + std::to_string(nginx.port());
  EXPECT_EQ(Fetch(Get("https://" + other + "/")), other + message);
  EXPECT_EQ(Metric("sluice_upstream_failures_total", "tls"), 2);
}

TEST_F(TlsClientTest, RefusesOldProtocols) {
  Nginx nginx("ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0; location / { return 200 ok; }", &certificates_);
  MakeClient(Trusting(certificates_.ca));

  EXPECT_EQ(Fetch(Get(nginx.url() + "/")), "localhost:" + std::to_string(nginx.port()) + ": want TLS 1.2 or later");
}

TEST_F(TlsClientTest, ResumesSessions) {
  for (const char* protocol : {"TLSv1.2", "TLSv1.3"}) {
    Nginx nginx("keepalive_timeout 0; ssl_session_cache shared:s:1m; ssl_protocols " + std::string(protocol) +
                    "; location / { return 200 $ssl_session_reused; }",
                &certificates_);
    MakeClient(Trusting(certificates_.ca));

    EXPECT_EQ(Fetch(Get(nginx.url() + "/")), "200 .") << protocol;
    EXPECT_EQ(Fetch(Get(nginx.url() + "/")), "200 r") << protocol;
    EXPECT_EQ(Fetch(Get(nginx.url() + "/")), "200 r") << protocol;
  }
}

TEST_F(TlsClientTest, RefusesRedirectsToPlainHttp) {
  Nginx nginx("location / { return 302 http://localhost:1/; }", &certificates_);
  MakeClient(Trusting(certificates_.ca));
  auto request = Get(nginx.url() + "/");
  request.max_redirects = 1;

  EXPECT_EQ(Fetch(request), "localhost:" + std::to_string(nginx.port()) + ": want no redirect from https to http");
}

TEST_F(TlsClientTest, TakesACutForAFault) {
  FaultyOrigin behind([](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.0 200 OK\r\n\r\npart");
    peer.WaitForHangUp();
  });
  Nginx nginx("location / { proxy_buffering off; chunked_transfer_encoding off; proxy_pass " + behind.url() + "; }",
              &certificates_);
  MakeClient(Trusting(certificates_.ca));
  const TestCall call;

  auto response = client_->Fetch(call, Get(nginx.url() + "/"));
  ASSERT_TRUE(response) << response.error().message;
  std::byte chunk[16];
  ASSERT_TRUE(response->body->Read(chunk));
  nginx.Kill();

  const auto rest = response->body->Read(chunk);
  ASSERT_FALSE(rest);
  EXPECT_EQ(rest.error().code, sdk::Errc::kUpstreamFailed);
}

TEST_F(TlsClientTest, SaysWhichOptionCannotBeUsed) {
  EXPECT_EQ(Client::Validate({.ca_file = "/nonexistent.pem"}).error().message,
            "/ca_file: want a readable PEM file of certificates");
  EXPECT_EQ(Client::Validate({.trusted = {"a", "b:c"}}).error().code, sdk::Errc::kInvalidArgument);
  EXPECT_TRUE(Client::Validate({.trusted = {"10.0.0.0/8"}, .ca_file = certificates_.ca}));
  Nginx nginx("location / { return 200 ok; }", &certificates_);
  MakeClient(Trusting("/nonexistent.pem"));
  EXPECT_EQ(Fetch(Get(nginx.url() + "/")), "/ca_file: want a readable PEM file of certificates");
}

TEST_F(TlsClientTest, SendsAndVerifiesTheNameThatWasSetInstead) {
  fakes::TempFolder folder;
  const auto named = fakes::MakeCertificates(folder, "DNS:inner.example");
  Nginx nginx("location / { return 200 \"$ssl_server_name $host\"; }", &named);
  MakeClient(Trusting(""));
  const auto label = "localhost:" + std::to_string(nginx.port());

  EXPECT_EQ(FetchWith({.server_name = "inner.example", .ca_file = named.ca}, nginx.url()),
            "200 inner.example localhost");
  EXPECT_EQ(FetchWith({.server_name = "inner.example", .ca_file = named.ca},
                      "https://127.0.0.1:" + std::to_string(nginx.port())),
            "200 inner.example 127.0.0.1");
  EXPECT_EQ(FetchWith({.ca_file = named.ca}, nginx.url()),
            label + ": want a certificate for this name from a trusted authority");
}

TEST_F(TlsClientTest, ShowsItsCertificateToWhomItIsMeantFor) {
  Nginx nginx("ssl_client_certificate " + certificates_.ca.string() +
                  "; ssl_verify_client on; location / { return 200 \"$ssl_client_verify $ssl_client_s_dn\"; }",
              &certificates_);
  MakeClient(Trusting(certificates_.ca));

  EXPECT_EQ(FetchWith({.ca_file = certificates_.ca,
                       .certificate_file = certificates_.certificate,
                       .private_key_file = certificates_.key},
                      nginx.url()),
            "200 SUCCESS CN=Test server");
  EXPECT_EQ(FetchWith({.ca_file = certificates_.ca}, nginx.url()).substr(0, 3), "400")
      << "not even on the connection that the other profile left behind";
  EXPECT_EQ(Fetch(Get(nginx.url())).substr(0, 3), "400");
}

TEST_F(TlsClientTest, OptionsOfOneHostAreNoneOfAnothers) {
  Nginx other("ssl_client_certificate " + certificates_.ca.string() +
                  "; ssl_verify_client optional; location / { return 200 \"$ssl_client_verify $ssl_server_name\"; }",
              &certificates_);
  const auto elsewhere = "https://127.0.0.1:" + std::to_string(other.port());
  Nginx nginx("location / { return 302 " + elsewhere + "/; }", &certificates_);
  MakeClient(Trusting(certificates_.ca));
  const TlsOptions options{.server_name = "localhost",
                           .ca_file = certificates_.ca,
                           .certificate_file = certificates_.certificate,
                           .private_key_file = certificates_.key};
  const auto ask = [&](const std::string& url, const std::string& home, std::vector<std::string> origins) {
    auto profile = Profile::Make({.tls = options, .retry = {.attempts = 1}, .origins = std::move(origins)});
    EXPECT_TRUE(profile) << profile.error().message;
    profile_ = std::move(*profile);
    auto request = Get(url);
    request.profile = profile_.get();
    request.max_redirects = 1;
    request.home = home;
    return Fetch(request);
  };

  EXPECT_EQ(ask(elsewhere, {}, {}), "200 SUCCESS localhost");
  EXPECT_EQ(ask(nginx.url(), {}, {}), "200 NONE ") << "where a redirect leads";
  EXPECT_EQ(ask(elsewhere, nginx.url(), {}), "200 NONE ") << "where a link leads";
  EXPECT_EQ(ask(elsewhere, nginx.url(), {elsewhere, nginx.url()}), "200 SUCCESS localhost")
      << "one of the profile's own";
}

TEST_F(TlsClientTest, LeaveToSkipVerificationIsForOneHost) {
  fakes::TempFolder folder;
  const auto stranger = fakes::MakeCertificates(folder, "DNS:elsewhere.example");
  Nginx other("location / { return 200 ok; }", &stranger);
  const auto elsewhere = "127.0.0.1:" + std::to_string(other.port());
  Nginx nginx("location / { return 302 https://" + elsewhere + "/; }", &stranger);
  MakeClient(Trusting(certificates_.ca));
  auto profile = Profile::Make({.tls = {.insecure_skip_verify = true}, .retry = {.attempts = 1}});
  ASSERT_TRUE(profile);
  auto request = Get(nginx.url());
  request.profile = profile->get();
  EXPECT_EQ(Fetch(request).substr(0, 3), "302");

  request.max_redirects = 1;

  EXPECT_EQ(Fetch(request), elsewhere + ": want a certificate for this name from a trusted authority");
}

TEST_F(TlsClientTest, TakesAnyCertificateOnlyWhereTold) {
  fakes::TempFolder folder;
  const auto stranger = fakes::MakeCertificates(folder, "DNS:elsewhere.example");
  Nginx nginx("location / { return 200 ok; }", &stranger);
  MakeClient(Trusting(certificates_.ca));

  EXPECT_EQ(FetchWith({.insecure_skip_verify = true}, nginx.url()), "200 ok");
  EXPECT_EQ(
      FetchWith({.ca_file = certificates_.ca}, nginx.url()),
      "localhost:" + std::to_string(nginx.port()) + ": want a certificate for this name from a trusted authority");
}

TEST_F(TlsClientTest, ResumesSessionsOfItsOwnProfileOnly) {
  Nginx nginx("keepalive_timeout 0; ssl_session_cache shared:s:1m; location / { return 200 $ssl_session_reused; }",
              &certificates_);
  MakeClient(Trusting(""));
  const TlsOptions one{.ca_file = certificates_.ca};
  const TlsOptions other{.server_name = "localhost", .ca_file = certificates_.ca};

  EXPECT_EQ(FetchWith(one, nginx.url()), "200 .");
  EXPECT_EQ(FetchWith(one, nginx.url()), "200 r") << "what a reload makes anew is the same profile";
  EXPECT_EQ(FetchWith(other, nginx.url()), "200 .");
}

TEST(TlsSessionsTest, AreForgottenWhenThereAreTooMany) {
  Tls tls({});
  const auto peer = [](std::size_t n) { return Origin{true, "h" + std::to_string(n), 443}; };
  const std::unique_ptr<SSL_SESSION, void (*)(SSL_SESSION*)> session(::SSL_SESSION_new(), ::SSL_SESSION_free);
  ::SSL_SESSION_set_protocol_version(session.get(), TLS1_2_VERSION);
  const unsigned char id[] = {1, 2, 3};
  ::SSL_SESSION_set1_id(session.get(), id, sizeof id);
  const auto ssl = tls.Start(peer(0));
  ASSERT_EQ(::SSL_set_session(ssl.get(), session.get()), 1);

  for (std::size_t n = 0; n < Tls::kMaxSessions + 10; ++n) tls.Remember(peer(n), *ssl);

  EXPECT_EQ(tls.sessions(), Tls::kMaxSessions);
  EXPECT_EQ(::SSL_get_session(tls.Start(peer(9)).get()), nullptr) << "one of the oldest";
  EXPECT_EQ(::SSL_get_session(tls.Start(peer(10)).get()), session.get());
  tls.Forget(peer(10));
  EXPECT_EQ(::SSL_get_session(tls.Start(peer(10)).get()), nullptr);
}

TEST(TlsSharedTest, IsOneForEqualOptionsAsLongAsAnybodyUsesIt) {
  fakes::TempFolder folder;
  const auto certificates = fakes::MakeCertificates(folder, "DNS:x");
  const TlsOptions options{.ca_file = certificates.ca};
  auto one = *Tls::Shared(options);

  EXPECT_EQ(*Tls::Shared(options), one);
  EXPECT_NE(*Tls::Shared({.server_name = "x", .ca_file = certificates.ca}), one);
  const std::weak_ptr<Tls> gone = one;
  one.reset();
  EXPECT_TRUE(gone.expired());
}

}  // namespace
}  // namespace sluice::upstream
