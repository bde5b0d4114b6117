using SurveillanceRegistry.Delivery.Mail;
using SurveillanceRegistry.Domain.Outbox;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Journeys.Tests.Operations;

namespace SurveillanceRegistry.Journeys.Tests.Delivery;

/// <summary>The sender of mail and a third-party mail server.</summary>
public sealed class SmtpMailSenderTests : IDisposable
{
    private readonly CertificateAuthority _authority = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mail-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_is_verified_by_its_certificate_and_gets_no_mail_without()
    {
        var (certificate, key, root) = (InFolder("cert.pem"), InFolder("key.pem"), InFolder("root.pem"));
        _authority.Issue(certificate, key).Dispose();
        _authority.WriteRoot(root);
        await using var server = await Receiver.StartMailServerAsync(certificate, key);
        Assert.Equal("tls", (await SendAsync(Settings(server, MailEncryption.StartTls))).Word);
        Assert.Equal(
            "tls",
            (await SendAsync(Settings(server, MailEncryption.StartTls) with { Host = "127.0.0.1", AuthorityFile = root })).Word
        );
        Assert.Equal("delivered", (await SendAsync(Settings(server, MailEncryption.StartTls) with { AuthorityFile = root })).Word);
        Assert.Equal("ana@city.example", (await server.NextAsync()).GetProperty("to")[0].GetString());
    }

    [Fact]
    public async Task A_server_without_STARTTLS_gets_no_mail_in_the_clear()
    {
        await using var server = await Receiver.StartMailServerAsync();
        Assert.Equal("tls", (await SendAsync(Settings(server, MailEncryption.StartTls))).Word);
    }

    [Fact]
    public async Task A_mailbox_that_is_refused_for_ever_is_not_tried_again_and_others_are()
    {
        await using var server = await Receiver.StartMailServerAsync();
        var plain = Settings(server, MailEncryption.None);
        Assert.Equal(new DeliveryResult(DeliveryEnd.Refused, "mailbox-refused"), await SendAsync(plain, "refused@city.example"));
        Assert.Equal(DeliveryResult.Failed("refused"), await SendAsync(plain, "later@city.example"));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_tried_again()
    {
        int port;
        await using (var server = await Receiver.StartMailServerAsync())
            port = server.Port;
        var result = await SendAsync(new MailSettings("127.0.0.1", port, MailEncryption.None, "registry@city.example", null, null, null));
        Assert.Equal(DeliveryResult.Failed("unreachable"), result);
        Assert.Equal(DeliveryResult.Failed("mail-not-set-up"), await SendAsync(null));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private static MailSettings Settings(Receiver server, MailEncryption encryption) =>
        new("localhost", server.Port, encryption, "registry@city.example", null, null, null);

    private static Task<DeliveryResult> SendAsync(MailSettings? settings, string to = "ana@city.example") =>
        new SmtpMailSender(settings, new PublicAddress(() => "https://registry.city.example"), TimeProvider.System).SendAsync(
            new MailText("msg_1", to, "A subject", "A text.", "a-token"),
            Cancellation
        );

    private string InFolder(string name) => Path.Combine(_folder.FullName, name);
}
