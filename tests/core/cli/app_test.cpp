// SPDX-License-Identifier: MIT
#include "core/cli/app.hpp"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <sluice/sdk/detail/slots.hpp>
#include <string>
#include <vector>

#include "core/telemetry/log.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string>& Lines() {
  static std::vector<std::string> lines;
  return lines;
}

/// Without plugins: a pipeline needs one, so these configurations have none.
class AppTest : public testing::Test {
 protected:
  AppTest() {
    fs::create_directories(folder_.path() / "plugins");
    Lines().clear();
    telemetry::SetLogSink([](std::string_view line) { Lines().emplace_back(line); });
  }
  ~AppTest() override {
    telemetry::SetLogSink(nullptr);
    telemetry::SetLogLevel(telemetry::Level::kInfo);
  }

  /// Writes the configuration; `more` is added to what every one needs.
  void Configure(const std::string& more = "") const {
    const auto folder = folder_.path().string();
    folder_.Write("sluice.yaml",
                  "version: 1\nlisteners:\n  main: {address: \"127.0.0.1:0\"}\nstate: {database: \"sqlite:" + folder +
                      "/var/sluice.db\"}\nplugins: {directory: " + folder + "/plugins}\n" + more);
  }
  void ConfigureTls(const std::string& certificate, const std::string& key) const {
    const auto folder = folder_.path().string();
    folder_.Write("sluice.yaml",
                  "version: 1\nlisteners:\n  main:\n    address: \"127.0.0.1:0\"\n    tls: {certificate: " +
                      certificate + ", private_key: " + key + "}\nstate: {database: \"sqlite:" + folder +
                      "/var/sluice.db\"}\nplugins: {directory: " + folder + "/plugins}\n");
  }
  AppOptions Options() const {
    return {.config_path = (folder_.path() / "sluice.yaml").string(),
            .environment = [](std::string_view) { return std::nullopt; }};
  }
  static nlohmann::json Ask(App& app, std::string_view topic) {
    const auto answer = app.Query(topic);
    EXPECT_TRUE(answer) << topic;
    return answer ? nlohmann::json::parse(*answer) : nlohmann::json();
  }
  bool HasKeyFile() const { return fs::exists(folder_.path() / "var" / "sluice.key"); }

  const fakes::TempFolder folder_;
  config::Faults faults_;
};

TEST_F(AppTest, ServesOnAFreePort) {
  Configure();
  App app(Options());

  app.Prepare(faults_);

  ASSERT_TRUE(faults_.empty()) << faults_.Text();
  app.Start(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();
  EXPECT_NE(app.server().Port("main"), 0);
  EXPECT_TRUE(app.Drain());
}

TEST_F(AppTest, KeepsItsKeyBesideTheDatabase) {
  Configure();
  App app(Options());
  app.Prepare(faults_);
  ASSERT_FALSE(HasKeyFile()) << "nothing is written before the listeners are bound";

  app.Start(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();

  EXPECT_TRUE(HasKeyFile());
  config::Faults faults;
  App next(Options());
  next.Prepare(faults);
  EXPECT_TRUE(faults.empty()) << faults.Text();
}

TEST_F(AppTest, PreparingLeavesNoTrace) {
  Configure();
  App app(Options());

  app.Prepare(faults_);

  EXPECT_TRUE(faults_.empty()) << faults_.Text();
  EXPECT_FALSE(HasKeyFile());
}

TEST_F(AppTest, CollectsTheFaultsOfAConfiguration) {
  Configure("server: {workers: many}\ncomponents:\n  x: {kind: auth, type: nobody-brings-this}\nlogg: {}\n");
  App app(Options());

  app.Prepare(faults_);

  EXPECT_THAT(faults_.Text(), HasSubstr("/server/workers"));
  EXPECT_THAT(faults_.Text(), HasSubstr("/logg"));
  EXPECT_FALSE(HasKeyFile()) << "nothing is started halfway";
}

TEST_F(AppTest, AnUnknownComponentIsAFault) {
  Configure("components:\n  x: {kind: auth, type: nobody-brings-this}\n");
  App app(Options());

  app.Prepare(faults_);

  EXPECT_THAT(faults_.Text(), HasSubstr("/components/x: unknown auth type \"nobody-brings-this\""));
}

TEST_F(AppTest, AFolderThatCannotBeWrittenIsAFault) {
  Configure();
  folder_.Write("var", "a file where a folder should be");
  App app(Options());

  app.Prepare(faults_);

  EXPECT_THAT(faults_.Text(), HasSubstr("/state"));
}

TEST_F(AppTest, EveryListenerThatCannotBeBoundIsAFaultAtItsPlace) {
  Configure();
  App first(Options());
  first.Prepare(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();
  first.Start(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();
  const auto address = "127.0.0.1:" + std::to_string(first.server().Port("main"));
  const auto folder = folder_.path().string();
  const auto file = folder_.Write("sluice.yaml", "version: 1\nlisteners:\n  taken: {address: \"" + address +
                                                     "\"}\n  free: {address: \"127.0.0.1:0\"}\n  elsewhere:\n"
                                                     "    address: 192.0.2.1:80\nplugins: {directory: " +
                                                     folder + "/plugins}\nstate: {database: \"sqlite:" + folder +
                                                     "/var2/sluice.db\"}\n");
  App second(Options());
  second.Prepare(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();

  second.Start(faults_);

  EXPECT_EQ(faults_.Text(), file.string() + ":3: /listeners/taken/address: cannot listen on " + address +
                                ": Address already in use\n" + file.string() +
                                ":6: /listeners/elsewhere/address: cannot listen on 192.0.2.1:80: Cannot assign "
                                "requested address\n");
  EXPECT_EQ(second.server().Port("free"), 0);
  EXPECT_FALSE(fs::exists(folder_.path() / "var2")) << "nothing is started halfway";
}

TEST_F(AppTest, ServesTlsWithTheCertificateOfTheConfiguration) {
  const auto made = fakes::MakeCertificates(folder_, "DNS:localhost");
  ConfigureTls(made.certificate.string(), made.key.string());
  App app(Options());
  app.Prepare(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();
  app.Start(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();

  const auto port = std::to_string(app.server().Port("main"));
  const auto status = std::system(("curl -sSf -o /dev/null --max-time 20 --cacert " + made.ca.string() +
                                   " --resolve localhost:" + port + ":127.0.0.1 https://localhost:" + port + "/health")
                                      .c_str());

  EXPECT_EQ(status, 0);
}

TEST_F(AppTest, CertificatesThatCannotBeUsedAreFaults) {
  const auto made = fakes::MakeCertificates(folder_, "DNS:localhost");
  const fakes::TempFolder elsewhere;
  const auto other = fakes::MakeCertificates(elsewhere, "DNS:localhost");
  const auto faults_of = [&](const std::string& certificate, const std::string& key) {
    ConfigureTls(certificate, key);
    config::Faults faults;
    App app(Options());
    app.Prepare(faults);
    return faults.Text();
  };
  const auto at = (folder_.path() / "sluice.yaml").string() + ":5: /listeners/main/tls/";

  EXPECT_EQ(faults_of("/no.pem", "/no.key"), at + "certificate: cannot be read: No such file or directory\n" + at +
                                                 "private_key: cannot be read: No such file or directory\n");
  EXPECT_EQ(faults_of(made.certificate.string(), other.key.string()),
            at + "private_key: want the private key that belongs to the certificate\n");
}

TEST_F(AppTest, AReloadWithABrokenCertificateChangesNothing) {
  const auto made = fakes::MakeCertificates(folder_, "DNS:localhost");
  ConfigureTls(made.certificate.string(), made.key.string());
  App app(Options());
  app.Prepare(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();

  fs::remove(made.key);

  EXPECT_FALSE(app.Reload());
}

TEST_F(AppTest, AReloadThatIsRefusedKeepsThePluginsOfBefore) {
  Configure();
  App app(Options());
  app.Prepare(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();
  const auto before = Ask(app, "plugins");

  Configure("components:\n  x: {kind: auth, type: nobody-brings-this}\n");
  fs::remove(folder_.path() / "plugins");

  EXPECT_FALSE(app.Reload());
  EXPECT_EQ(Ask(app, "plugins"), before);
  EXPECT_EQ(app.plugins()->plugins().size(), 1U) << "what the reload found is there for whoever asks";
}

TEST_F(AppTest, AConfigurationOutlivesItsReplacement) {
  Configure("log: {access: no}\n");
  App app(Options());
  app.Prepare(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();
  const auto before = app.snapshot();

  Configure();
  ASSERT_TRUE(app.Reload());

  EXPECT_FALSE(before->config.log.access);
  EXPECT_TRUE(app.snapshot()->config.log.access);
}

TEST_F(AppTest, AReloadSwapsInTheNewConfiguration) {
  Configure();
  App app(Options());
  app.Prepare(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();
  EXPECT_EQ(Ask(app, "reload")["count"], 0);

  Configure("log: {access: no}\n");
  EXPECT_TRUE(app.Reload());

  EXPECT_FALSE(app.snapshot()->config.log.access);
  EXPECT_EQ(Ask(app, "reload")["count"], 1);
  EXPECT_EQ(Ask(app, "reload")["ok"], true);
}

TEST_F(AppTest, AFaultyReloadChangesNothing) {
  Configure("log: {access: no}\n");
  App app(Options());
  app.Prepare(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();

  Configure("log: {access: perhaps}\nserver: {grace: never}\n");
  const auto reloaded = app.Reload();

  ASSERT_FALSE(reloaded);
  EXPECT_EQ(reloaded.error().code, sdk::Errc::kInvalidArgument);
  EXPECT_FALSE(app.snapshot()->config.log.access);
  const auto state = Ask(app, "reload");
  EXPECT_EQ(state["ok"], false);
  EXPECT_EQ(state["faults"].size(), 2U);
  EXPECT_THAT(state["faults"].dump(), AllOf(HasSubstr("/log/access"), HasSubstr("/server/grace")));
}

/// What the log says needs a restart.
std::vector<std::string> Restarts() {
  std::vector<std::string> settings;
  for (const auto& line : Lines()) {
    const auto entry = nlohmann::json::parse(line);
    if (entry["message"] == "a changed setting takes effect only after a restart") settings.push_back(entry["setting"]);
  }
  return settings;
}

TEST_F(AppTest, NamesEachSettingThatNeedsARestart) {
  Configure("server: {workers: 4, max_headers: 50}\nupstream: {idle_timeout: 20s}\n");
  App app(Options());
  app.Prepare(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();

  const auto folder = folder_.path().string();
  folder_.Write("sluice.yaml", "version: 1\nlisteners:\n  main: {address: \"127.0.0.1:0\", max_connections: 9}\n" +
                                   std::string("  a/b: {address: \"127.0.0.1:0\"}\n") + "state: {database: \"sqlite:" +
                                   folder + "/elsewhere/sluice.db\", secret_key: " + std::string(64, '7') +
                                   "}\nplugins: {directory: " + folder + "/plugins}\n" +
                                   "server: {workers: 5, max_headers: 50, relay_threads: 1}\n" +
                                   "upstream: {trusted: [127.0.0.1], cache_size: 1MiB}\n");
  EXPECT_TRUE(app.Reload());

  EXPECT_THAT(Restarts(), ElementsAre("/listeners/a~1b", "/listeners/main", "/server/relay_threads", "/server/workers",
                                      "/upstream/cache_size", "/upstream/idle_timeout", "/upstream/trusted",
                                      "/state/database", "/state/secret_key"));
  EXPECT_THAT(Lines(), Not(Contains(HasSubstr(std::string(64, '7')))));
}

TEST_F(AppTest, WarnsOfNothingThatAReloadChanges) {
  Configure();
  App app(Options());
  app.Prepare(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();

  const auto folder = folder_.path().string();
  folder_.Write("sluice.yaml",
                "version: 1\nlisteners:\n  main: {address: \"127.0.0.1:0\"}\nstate: {link_ttl: 2h, " +
                    std::string("database: \"sqlite:") + folder + "/var/sluice.db\"}\nplugins: {directory: " + folder +
                    "/plugins, quarantine_after: 2}\nlog: {access: no}\ncors: {}\n" + "telemetry: {listeners: main}\n" +
                    "server: {base_url: \"https://a.example\", max_body: 1KiB, grace: 1s}\n");
  EXPECT_TRUE(app.Reload());

  EXPECT_THAT(Restarts(), ElementsAre());
  const auto snapshot = app.snapshot();
  const auto& config = snapshot->config;
  EXPECT_EQ(config.server.base_url, "https://a.example");
  EXPECT_EQ(config.server.max_body_bytes, 1024U);
  EXPECT_EQ(config.server.grace, std::chrono::seconds(1));
  EXPECT_EQ(config.state.link_ttl, std::chrono::hours(2));
}

TEST_F(AppTest, WarnsOfSecretsThatAreTooShortToBeRecognised) {
  Configure(
      "upstream:\n  trusted: \"${SHORT_KEY}\"\n  proxy: \"${LONG_SECRET}\"\nserver: {base_url: \"${NO_TOKEN}\"}\n");
  auto options = Options();
  options.environment = [](std::string_view name) -> std::optional<std::string> {
    if (name == "SHORT_KEY") return "::1";
    return name == "NO_TOKEN" ? "" : "socks5h://h:1080";
  };
  App app(options);

  app.Prepare(faults_);

  ASSERT_TRUE(faults_.empty()) << faults_.Text();
  std::vector<std::string> places;
  for (const auto& line : Lines()) {
    const auto entry = nlohmann::json::parse(line);
    if (entry["message"] == "a secret is too short to be recognised and kept out of the log") {
      EXPECT_EQ(entry["level"], "warning");
      places.push_back(entry["place"]);
    }
    EXPECT_THAT(line, Not(HasSubstr("::1")));
  }
  const auto file = (folder_.path() / "sluice.yaml").string();
  EXPECT_THAT(places, ElementsAre(file + ":7: /upstream/trusted: want at least 6 octets"));
}

TEST_F(AppTest, CountsCallsThatCameAfterTheirTime) {
  Configure();
  App app(Options());
  app.Prepare(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();
  app.Start(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();
  const auto scraped = [&] {
    Poco::Net::HTTPClientSession session("127.0.0.1", app.server().Port("main"));
    Poco::Net::HTTPRequest request("GET", "/metrics", "HTTP/1.1");
    session.sendRequest(request);
    Poco::Net::HTTPResponse response;
    return std::string(std::istreambuf_iterator<char>(session.receiveResponse(response)), {});
  };
  const auto before = sdk::detail::StaleSinkCalls().load();
  EXPECT_THAT(scraped(), HasSubstr("\nsluice_stale_sink_calls_total " + std::to_string(before) + "\n"));

  EXPECT_EQ(sdk::detail::EnteredSlot(nullptr).frame(), nullptr);

  EXPECT_THAT(scraped(), HasSubstr("\nsluice_stale_sink_calls_total " + std::to_string(before + 1) + "\n"));
}

TEST_F(AppTest, TellsTheAdminWhatRuns) {
  Configure("upstream: {trusted: [\"127.0.0.1\"]}\n");
  App app(Options());
  app.Prepare(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();

  EXPECT_TRUE(Ask(app, "plugins")["plugins"].empty());
  EXPECT_TRUE(Ask(app, "pipelines")["pipelines"].empty());
  EXPECT_EQ(Ask(app, "principals"), nlohmann::json::parse(R"({"principals": [], "forgotten": 0})"));
  EXPECT_THAT(Ask(app, "config")["yaml"].get<std::string>(), HasSubstr("127.0.0.1"));
  const auto unknown = app.Query("secrets");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, sdk::Errc::kNotFound);
}

TEST_F(AppTest, MasksTheKeyOfTheServer) {
  const std::string key(64, '7');
  const auto folder = folder_.path().string();
  folder_.Write("sluice.yaml", "version: 1\nlisteners:\n  main: {address: \"127.0.0.1:0\"}\nstate: {secret_key: \"" +
                                   key + "\"}\nplugins: {directory: " + folder + "/plugins}\n");
  App app(Options());
  app.Prepare(faults_);
  ASSERT_TRUE(faults_.empty()) << faults_.Text();

  EXPECT_THAT(app.Expanded(), Not(HasSubstr(key)));
  EXPECT_THAT(Ask(app, "config").dump(), Not(HasSubstr(key)));
  telemetry::Log(telemetry::Level::kError, "the key is " + key);
  EXPECT_THAT(Lines().back(), Not(HasSubstr(key)));
}

}  // namespace
}  // namespace sluice::cli
