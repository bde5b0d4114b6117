using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Operations;

/// <summary>A registry with TLS, as clients that know the root alone see it.</summary>
public sealed class TlsListenerTests : IDisposable
{
    private readonly CertificateAuthority _authority = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_listeners_show_the_whole_chain_and_a_new_certificate_unrestarted()
    {
        await using var registry = await Snapshot.CreateHostAsync();
        var (certificate, key) = (Path.Combine(registry.Data, "cert.pem"), Path.Combine(registry.Data, "key.pem"));
        using var first = _authority.Issue(certificate, key);
        var (https, mqtts) = (FreePort(), FreePort());
        foreach (
            var (name, value) in new[]
            {
                ("TLS_CERT", certificate),
                ("TLS_KEY", key),
                ("HTTPS", $"127.0.0.1:{https}"),
                ("MQTTS", $"127.0.0.1:{mqtts}"),
                ("HOSTS", "registry.test"),
            }
        )
            registry.ExtraSettings["REGISTRY_" + name] = value;
        await registry.StartAsync();
        Assert.Equal(first.Thumbprint, await ThumbprintAsync(https));
        Assert.Equal(first.Thumbprint, await ThumbprintAsync(mqtts));
        foreach (var port in new[] { https, mqtts })
        {
            await ThumbprintAsync(
                port,
                TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
            );
            await Assert.ThrowsAnyAsync<Exception>(() =>
                ThumbprintAsync(
                    port,
                    TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
                    TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256
                )
            );
        }

        await AssertStrictAsync(https);
        await AssertRedirectsAsync(registry, https);

        using var renewed = _authority.Issue(certificate, key);
        foreach (var port in new[] { https, mqtts })
        {
            using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (await ThumbprintAsync(port) != renewed.Thumbprint)
                await Task.Delay(100, bound.Token);
        }
    }

    /// <summary>A browser is told to come back over TLS only.</summary>
    private async Task AssertStrictAsync(int https)
    {
        using var handler = new SocketsHttpHandler { SslOptions = _authority.ClientOptions() };
        using var client = new HttpClient(handler);
        using var page = await client.GetAsync($"https://localhost:{https}/", Cancellation);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("max-age=31536000", page.Headers.GetValues("Strict-Transport-Security").Single(), StringComparison.Ordinal);
    }

    /// <summary>Pages are redirected, to a name of the registry only; programs on this machine are answered.</summary>
    private static async Task AssertRedirectsAsync(RegistryHost registry, int https)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var plain = new HttpClient(handler) { BaseAddress = registry.Http };
        async Task<(HttpStatusCode, string?)> GetAsync(string path, string host)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
            using var answer = await plain.SendAsync(request, Cancellation);
            return (answer.StatusCode, answer.Headers.Location?.ToString());
        }

        Assert.Equal(
            (HttpStatusCode.TemporaryRedirect, $"https://registry.test:{https}/places?lang=es"),
            await GetAsync("/places?lang=es", "registry.test")
        );
        Assert.Equal((HttpStatusCode.BadRequest, null), await GetAsync("/places", "evil.example"));
        Assert.Equal((HttpStatusCode.OK, null), await GetAsync("/health/live", "any.name"));
        Assert.Equal((HttpStatusCode.OK, null), await GetAsync("/api/v1/places", "localhost"));
        using var password = new FormUrlEncodedContent([KeyValuePair.Create("password", "secret")]);
        using var form = await plain.PostAsync("/staff/sign-in", password, Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, form.StatusCode);
    }

    /// <summary>Connects over TLS. Throws when the chain does not lead to the root.</summary>
    /// <param name="suites">The suites of TLS 1.2 that the client offers; TLS 1.3 and all of its own when there are none.</param>
    private async Task<string> ThumbprintAsync(int port, params TlsCipherSuite[] suites)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: false));
        var options = _authority.ClientOptions();
        if (suites.Length > 0)
            (options.EnabledSslProtocols, options.CipherSuitesPolicy) = (SslProtocols.Tls12, new CipherSuitesPolicy(suites));
        await tls.AuthenticateAsClientAsync(options, Cancellation);
        using var shown = X509CertificateLoader.LoadCertificate(tls.RemoteCertificate!.GetRawCertData());
        return shown.Thumbprint;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public void Dispose() => _authority.Dispose();
}
