using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SurveillanceRegistry.Postgres.Cluster;

/// <summary>
/// What PostgreSQL stores of a password (RFC 5803, SCRAM-SHA-256). A statement that carries the verifier instead of the password leaves
/// no password in a log or a list of processes.
/// </summary>
internal static class ScramVerifier
{
    private const int SaltBytes = 16;
    private const int KeyBytes = 32;

    /// <summary>The number that RFC 7677 asks for, and PostgreSQL's own default.</summary>
    private const int Iterations = 4096;

    /// <summary>Returns the verifier of a password of ASCII letters and digits.</summary>
    public static string Create(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, Iterations, HashAlgorithmName.SHA256, KeyBytes);
        var stored = Convert.ToBase64String(SHA256.HashData(Key("Client Key")));
        var server = Convert.ToBase64String(Key("Server Key"));
        return string.Create(CultureInfo.InvariantCulture, $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${stored}:{server}");

        byte[] Key(string name) => HMACSHA256.HashData(salted, Encoding.ASCII.GetBytes(name));
    }
}
