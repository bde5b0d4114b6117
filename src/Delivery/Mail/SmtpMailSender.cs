using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using SurveillanceRegistry.Domain.Outbox;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Delivery.Mail;

/// <summary>
/// Sends each mail on a connection of its own. The server on another machine is verified, as a database there is. What a server answers is
/// kept nowhere: it may have the address in it.
/// </summary>
internal sealed class SmtpMailSender(MailSettings? settings, PublicAddress publicAddress, TimeProvider time) : IMailSender
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private const int FirstPermanentCode = 500;

    public bool IsSetUp => settings is not null;

    public async Task<DeliveryResult> SendAsync(MailText mail, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(mail);
        if (settings is null)
            return DeliveryResult.Failed("mail-not-set-up");
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(Timeout);
        try
        {
            using var message = Compose(mail, settings.From);
            using var client = new SmtpClient();
            await ConnectAsync(client, settings, bounded.Token);
            await client.SendAsync(message, bounded.Token);
            await SayGoodbyeAsync(client, bounded.Token);
            return DeliveryResult.Delivered;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DeliveryResult.Failed("timeout");
        }
        catch (SmtpCommandException refused)
            when (refused.ErrorCode == SmtpErrorCode.RecipientNotAccepted && (int)refused.StatusCode >= FirstPermanentCode)
        {
            return new DeliveryResult(DeliveryEnd.Refused, "mailbox-refused");
        }
        catch (SmtpCommandException)
        {
            return DeliveryResult.Failed("refused");
        }
        catch (Exception failure) when (failure is SslHandshakeException or NotSupportedException)
        {
            return DeliveryResult.Failed("tls");
        }
        catch (MailKit.Security.AuthenticationException)
        {
            return DeliveryResult.Failed("sign-in-refused");
        }
        catch (Exception failure)
            when (failure
                    is SocketException
                        or IOException
                        or ProtocolException
                        or ServiceNotConnectedException
                        or ServiceNotAuthenticatedException
            )
        {
            return DeliveryResult.Failed("unreachable");
        }
    }

    private static async Task ConnectAsync(SmtpClient client, MailSettings settings, CancellationToken cancellationToken)
    {
        // As for a database on another machine: an authority of the city's own seldom has a list of what it revoked.
        client.CheckCertificateRevocation = false;
        client.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        if (settings.AuthorityFile is { } file)
            client.ServerCertificateValidationCallback = (_, certificate, sent, errors) => IsOf(file, certificate, sent, errors);
        var encryption = settings.Encryption switch
        {
            MailEncryption.StartTls => SecureSocketOptions.StartTls,
            MailEncryption.Implicit => SecureSocketOptions.SslOnConnect,
            MailEncryption.None => SecureSocketOptions.None,
            _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Encryption, null),
        };
        await client.ConnectAsync(settings.Host, settings.Port, encryption, cancellationToken);
        if (settings.User is { } user)
            await client.AuthenticateAsync(user, settings.Password ?? "", cancellationToken);
    }

    /// <summary>The server has the mail. What goes wrong at the end of the connection must not send it again.</summary>
    private static async Task SayGoodbyeAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or SocketException or ProtocolException)
        {
            // The connection is closed with the client.
        }
    }

    /// <summary>Whether a certificate is of the city's own authority. A name that does not match is refused before.</summary>
    private static bool IsOf(string authorityFile, X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is null)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(authorityFile);
        // The certificates between, as the server sent them.
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        using var leaf = new X509Certificate2(certificate);
        return chain.Build(leaf);
    }

    private MimeMessage Compose(MailText mail, string from)
    {
        var message = new MimeMessage
        {
            Subject = mail.Subject,
            MessageId = $"{mail.Message}@{new Uri(publicAddress.Url).Host}",
            Date = time.GetUtcNow(),
            Body = new TextPart("plain") { Text = mail.Text },
        };
        message.From.Add(MailboxAddress.Parse(from));
        message.To.Add(new MailboxAddress("", mail.Address));
        // Answering machines do not answer these (RFC 3834).
        message.Headers.Add("Auto-Submitted", "auto-generated");
        if (mail.StopToken is { } token)
        {
            var address = MailDeliveryTask.StopAddress(publicAddress, token);
            message.Headers.Add("List-Unsubscribe", $"<{address}>");
            // One click needs https (RFC 8058, 3.1).
            if (address.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
                message.Headers.Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }

        return message;
    }
}
