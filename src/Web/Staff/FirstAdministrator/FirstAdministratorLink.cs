using System.Net;
using System.Security.Cryptography;
using System.Text;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Web.Staff.FirstAdministrator;

/// <summary>
/// The one link with which a registry without staff gets its first administrator. It is in memory only: it ends when it was used, after an
/// hour, when the process ends, when it was sent in the clear, and when a person has become a member of staff.
/// </summary>
public sealed class FirstAdministratorLink(IStaffRegister register, TimeProvider time) : IDisposable
{
    /// <summary>How long the link works: the lines that a start prints may be kept as a log.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    internal const string Path = "/staff/first/";

    private const int TokenBytes = 32;

    private readonly SemaphoreSlim _turn = new(1);
    private byte[]? _token;
    private DateTimeOffset _until;

    /// <summary>
    /// Returns the beginning of the address that the link is printed with; null when no address would keep it from the network between:
    /// the public address or the listener with TLS, or without TLS the loopback of this machine.
    /// </summary>
    /// <param name="publicUrl">The public address; empty when none is set.</param>
    /// <param name="https">The listener with TLS; null when there is none.</param>
    public static string? OriginOf(string publicUrl, IPEndPoint http, IPEndPoint? https)
    {
        ArgumentNullException.ThrowIfNull(publicUrl);
        ArgumentNullException.ThrowIfNull(http);
        if (publicUrl.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            return publicUrl.TrimEnd('/');
        if (https is not null)
            return "https://" + (IsEverywhere(https.Address) ? $"localhost:{https.Port}" : https.ToString());
        if (IsEverywhere(http.Address))
            return $"http://{new IPEndPoint(http.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : IPAddress.IPv6Loopback, http.Port)}";
        return IPAddress.IsLoopback(http.Address) ? $"http://{http}" : null;
    }

    /// <summary>Makes the link when no person is registered. Returns its path, or null.</summary>
    public async Task<string?> CreateAsync(CancellationToken cancellationToken)
    {
        if (await HasPeopleAsync(cancellationToken))
            return null;
        var token = RandomNumberGenerator.GetHexString(2 * TokenBytes, lowercase: true);
        (_until, _token) = (time.GetUtcNow() + Lifetime, Hash(token));
        return Path + token;
    }

    /// <summary>Whether a token opens the link now.</summary>
    public async Task<bool> IsOpenAsync(string token, CancellationToken cancellationToken) =>
        IsToken(token) && time.GetUtcNow() < _until && !await HasPeopleAsync(cancellationToken);

    /// <summary>Ends the link when a path names it. Call this when the path was sent in the clear.</summary>
    public void EndIfSent(string? path)
    {
        if (path is not null && path.StartsWith(Path, StringComparison.OrdinalIgnoreCase) && IsToken(path[Path.Length..].Trim('/')))
            _token = null;
    }

    /// <summary>
    /// Adds the first member, once. Returns false when the link is not open, or the member could not be added.
    /// </summary>
    /// <param name="add">Adds the member; the link ends when it returns true.</param>
    public async Task<bool> UseAsync(string token, Func<Task<bool>> add, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(add);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!await IsOpenAsync(token, cancellationToken) || !await add())
                return false;
            _token = null;
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private bool IsToken(string token) => _token is { } hash && CryptographicOperations.FixedTimeEquals(hash, Hash(token));

    private async Task<bool> HasPeopleAsync(CancellationToken cancellationToken) =>
        (await register.AllAsync(cancellationToken)).Any(member => !member.IsProgram);

    private static bool IsEverywhere(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
