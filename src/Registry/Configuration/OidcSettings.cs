using System.Collections.Immutable;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Registry.Configuration;

/// <summary>Reads the settings of the city's identity provider.</summary>
internal static class OidcSettings
{
    /// <summary>Returns null if no provider is set: staff then sign in with passwords only.</summary>
    public static IdentityProviderSettings? Read(SettingsReader settings)
    {
        var (authority, client) = (settings.Text("OIDC:AUTHORITY", ""), settings.Text("OIDC:CLIENT_ID", ""));
        if (authority.Length == 0 && client.Length == 0)
            return ReadIsOnlyWay(settings)
                ? throw new UsageException(
                    "REGISTRY_OIDC__ONLY is true, and no identity provider is set: set REGISTRY_OIDC__AUTHORITY, too."
                )
                : null;
        if (!Uri.TryCreate(authority, UriKind.Absolute, out var address) || !IdentityProviderSettings.IsAllowed(address))
            throw new UsageException(
                $"REGISTRY_OIDC__AUTHORITY is '{authority}': expected the https address of the identity provider; "
                    + "http is for a provider on this machine only."
            );
        if (client.Length == 0)
            throw new UsageException("REGISTRY_OIDC__CLIENT_ID is missing: it is what the identity provider knows this registry as.");
        return new IdentityProviderSettings(address, client, ReadSecret(settings))
        {
            IsOnlyWay = ReadIsOnlyWay(settings),
            AcceptedClasses = ReadWords(settings, "OIDC:ACR"),
            AcceptedMethods = ReadWords(settings, "OIDC:AMR"),
        };
    }

    private static bool ReadIsOnlyWay(SettingsReader settings) =>
        settings.Text("OIDC:ONLY", "false") is var text && bool.TryParse(text, out var isOnly)
            ? isOnly
            : throw new UsageException($"REGISTRY_OIDC__ONLY is '{text}': expected true or false.");

    private static ImmutableArray<string> ReadWords(SettingsReader settings, string name) =>
        [.. settings.Text(name, "").Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static string ReadSecret(SettingsReader settings)
    {
        var (secret, file) = (settings.Text("OIDC:CLIENT_SECRET", ""), settings.Text("OIDC:CLIENT_SECRET_FILE", ""));
        if (secret.Length > 0 && file.Length > 0)
            throw new UsageException("Both REGISTRY_OIDC__CLIENT_SECRET and REGISTRY_OIDC__CLIENT_SECRET_FILE are set: keep the file.");
        // A file keeps the secret out of the environment, which every child process inherits.
        if (file.Length > 0)
            secret = ReadSecretFile(file);
        return secret.Length > 0
            ? secret
            : throw new UsageException(
                "The secret of the identity provider's client is missing: "
                    + "set REGISTRY_OIDC__CLIENT_SECRET_FILE to a file that holds it."
            );
    }

    private static string ReadSecretFile(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException(
                $"The file of REGISTRY_OIDC__CLIENT_SECRET_FILE cannot be read ({failure.Message}): "
                    + "make it readable for the user that the registry runs as."
            );
        }
    }
}
