using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Formatter;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static SurveillanceRegistry.Journeys.Tests.Fixtures.StaffedRegistry;

namespace SurveillanceRegistry.Journeys.Tests.Devices;

/// <summary>A camera that signs in with a certificate over TLS, and one that shows another device's certificate.</summary>
public sealed class CertificateSignInTests
{
    private const string Camera = "east-precinct-lobby-2";

    [Fact]
    public async Task A_certificate_signs_in_the_device_that_it_names_until_it_is_ended()
    {
        await using var registry = await Snapshot.CreateHostAsync();
        var port = FreePort();
        using var server = SelfSigned("localhost");
        (registry.ExtraSettings["REGISTRY_TLS_CERT"], registry.ExtraSettings["REGISTRY_TLS_KEY"]) = (
            Path.Combine(registry.Data, "cert.pem"),
            Path.Combine(registry.Data, "key.pem")
        );
        await File.WriteAllTextAsync(registry.ExtraSettings["REGISTRY_TLS_CERT"], server.ExportCertificatePem());
        await File.WriteAllTextAsync(registry.ExtraSettings["REGISTRY_TLS_KEY"], server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        (registry.ExtraSettings["REGISTRY_MQTTS"], registry.ExtraSettings["REGISTRY_HTTPS"]) = (
            $"127.0.0.1:{port}",
            $"127.0.0.1:{FreePort()}"
        );
        await registry.StartAsync();
        using var clerk = await registry.ApiClientAsync("device-clerk");
        using var certificate = SelfSigned(Camera);
        using var other = SelfSigned("east-precinct-lobby-3");

        string Form(X509Certificate2 of) =>
            System.Text.Json.JsonSerializer.Serialize(new { kind = "certificate", pem = of.ExportCertificatePem() });
        Assert.Equal(422, (await SendAsync(clerk, $"devices/{Camera}/credentials", Form(other))).Status); // It names another device.
        var (status, _, registered) = await SendAsync(clerk, $"devices/{Camera}/credentials", Form(certificate));
        Assert.Equal(201, status);

        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, (await SignInAsync(port, other)).Result);
        var (client, result) = await SignInAsync(port, certificate);
        Assert.Equal(MqttClientConnectResultCode.Success, result);
        Assert.Equal(
            MqttClientPublishReasonCode.Success,
            (await client.PublishAsync(RegistryHost.Heartbeat(Camera, 1, 1, """{"video":"recorded","audio":"off"}"""))).ReasonCode
        );
        Assert.Equal(
            204,
            (await SendAsync(clerk, $"devices/{Camera}/credentials/{registered.GetProperty("number").GetInt64()}/end", "{}")).Status
        );
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, (await SignInAsync(port, certificate)).Result);
        client.Dispose();
    }

    private static async Task<(IMqttClient Client, MqttClientConnectResultCode Result)> SignInAsync(int port, X509Certificate2 certificate)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        var answer = await client.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithTcpServer("127.0.0.1", port)
                .WithProtocolVersion(MqttProtocolVersion.V500)
                .WithClientId(Camera)
                .WithTlsOptions(tls => tls.WithClientCertificates([certificate]).WithCertificateValidationHandler(_ => true))
                .Build()
        );
        return (client, answer.ResultCode);
    }

    private static X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(30)
        );
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
