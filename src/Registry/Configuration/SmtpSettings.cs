using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SurveillanceRegistry.Delivery.Mail;
using SurveillanceRegistry.Domain.Outbox;

namespace SurveillanceRegistry.Registry.Configuration;

/// <summary>Reads the settings of the city's mail server.</summary>
internal static class SmtpSettings
{
    private const int ImplicitPort = 465,
        SubmissionPort = 587,
        PlainPort = 25;

    /// <summary>Returns null if no server is set: no mail is sent then.</summary>
    public static MailSettings? Read(SettingsReader settings)
    {
        var (host, from) = (settings.Text("SMTP:HOST", ""), settings.Text("SMTP:FROM", ""));
        if (host.Length == 0)
            return from.Length == 0
                ? null
                : throw new UsageException("REGISTRY_SMTP__FROM is set, and no mail server: set REGISTRY_SMTP__HOST, too.");
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            throw new UsageException($"REGISTRY_SMTP__HOST is '{host}': expected the name of the mail server, without a port.");
        if (MailAddress.Check(from) is not null)
            throw new UsageException(
                $"REGISTRY_SMTP__FROM is '{from}': expected the address that mails come from, such as registry@city.example."
            );
        var encryption = ReadEncryption(settings, host);
        return new MailSettings(
            host,
            ReadPort(settings, encryption),
            encryption,
            from,
            settings.Text("SMTP:USER", "") is { Length: > 0 } user ? user : null,
            ReadPassword(settings),
            ReadAuthority(settings)
        );
    }

    /// <summary>
    /// On this machine a connection needs no encryption. To another machine it has TLS with a verified certificate (ASVS 5.0, 12.3.1).
    /// </summary>
    private static MailEncryption ReadEncryption(SettingsReader settings, string host)
    {
        var isHere = host == "localhost" || IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address);
        var text = settings.Text("SMTP:TLS", isHere ? "none" : "starttls");
        var encryption = text switch
        {
            "starttls" => MailEncryption.StartTls,
            "implicit" => MailEncryption.Implicit,
            "none" => MailEncryption.None,
            _ => throw new UsageException($"REGISTRY_SMTP__TLS is '{text}': expected starttls, implicit or none."),
        };
        return encryption != MailEncryption.None || isHere
            ? encryption
            : throw new UsageException(
                "REGISTRY_SMTP__TLS is none, and the mail server is on another machine: leave it out, or use starttls or implicit."
            );
    }

    private static int ReadPort(SettingsReader settings, MailEncryption encryption)
    {
        var usual = encryption switch
        {
            MailEncryption.StartTls => SubmissionPort,
            MailEncryption.Implicit => ImplicitPort,
            MailEncryption.None => PlainPort,
            _ => throw new ArgumentOutOfRangeException(nameof(encryption), encryption, null),
        };
        var text = settings.Text("SMTP:PORT", usual.ToString(CultureInfo.InvariantCulture));
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= ushort.MaxValue
            ? port
            : throw new UsageException($"REGISTRY_SMTP__PORT is '{text}': expected a port from 1 to {ushort.MaxValue}.");
    }

    private static string? ReadPassword(SettingsReader settings)
    {
        var (password, file) = (settings.Text("SMTP:PASSWORD", ""), settings.Text("SMTP:PASSWORD_FILE", ""));
        if (password.Length > 0 && file.Length > 0)
            throw new UsageException("Both REGISTRY_SMTP__PASSWORD and REGISTRY_SMTP__PASSWORD_FILE are set: keep the file.");
        if (file.Length > 0)
            password = Readable(file, "REGISTRY_SMTP__PASSWORD_FILE", File.ReadAllText).Trim();
        if (settings.Text("SMTP:USER", "").Length > 0 && password.Length == 0)
            throw new UsageException("REGISTRY_SMTP__USER has no password: set REGISTRY_SMTP__PASSWORD_FILE to a file that holds it.");
        return password.Length > 0 ? password : null;
    }

    private static string? ReadAuthority(SettingsReader settings)
    {
        if (settings.Text("SMTP:ROOT_CERTIFICATE", "") is not { Length: > 0 } file)
            return null;
        Readable(file, "REGISTRY_SMTP__ROOT_CERTIFICATE", X509CertificateLoader.LoadCertificateFromFile).Dispose();
        return Path.GetFullPath(file);
    }

    private static T Readable<T>(string file, string setting, Func<string, T> read)
    {
        try
        {
            return read(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new PrerequisiteException(
                $"The file of {setting} cannot be read ({failure.Message}): make it readable for the user that the registry runs as."
            );
        }
    }
}
