using System.Security.Cryptography;
using System.Text;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Web.Staff.FirstAdministrator;

/// <summary>
/// The one link with which a registry without staff gets its first administrator. It is in memory only: it ends when it was used, when the
/// process ends, and when anybody else has become a member of staff.
/// </summary>
public sealed class FirstAdministratorLink(IStaffRegister register) : IDisposable
{
    private const int TokenBytes = 32;

    private readonly SemaphoreSlim _turn = new(1);
    private byte[]? _token;

    /// <summary>Makes the link when no person is registered. Returns its path, or null.</summary>
    public async Task<string?> CreateAsync(CancellationToken cancellationToken)
    {
        if (await HasPeopleAsync(cancellationToken))
            return null;
        var token = RandomNumberGenerator.GetHexString(2 * TokenBytes, lowercase: true);
        _token = Hash(token);
        return "/staff/first/" + token;
    }

    /// <summary>Whether a token opens the link now.</summary>
    public async Task<bool> IsOpenAsync(string token, CancellationToken cancellationToken) =>
        _token is { } hash && CryptographicOperations.FixedTimeEquals(hash, Hash(token)) && !await HasPeopleAsync(cancellationToken);

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

    private async Task<bool> HasPeopleAsync(CancellationToken cancellationToken) =>
        (await register.AllAsync(cancellationToken)).Any(member => !member.IsProgram);

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
