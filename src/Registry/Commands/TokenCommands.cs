using System.Collections.Immutable;
using System.CommandLine;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary><c>registry token …</c>: the tokens with which programs use the API. Works while the server runs.</summary>
internal static class TokenCommands
{
    private const int MaxDays = 366;

    private static readonly Option<string?> Owner = new("--for")
    {
        Description = "Sign-in of the account that the token acts for; without it, the token acts for itself.",
    };

    private static readonly Option<string> Label = new("--label") { Description = "What it is for.", DefaultValueFactory = _ => "token" };

    private static readonly Option<int> Days = new("--days")
    {
        Description = $"How long the token is valid, 1 to {MaxDays} days.",
        DefaultValueFactory = _ => 90,
    };

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static Command Create() => new("token", "Tokens of programs.") { CreateCreate(), CreateList(), CreateRevoke() };

    private static Command CreateCreate()
    {
        var command = new Command("create", "A new token, shown once.") { StaffOptions.Roles, Owner, Label, Days, CommandOutput.AsJson };
        command.SetAction(
            (arguments, cancellationToken) => RunAsync(register => IssueAsync(register, arguments, cancellationToken), cancellationToken)
        );
        return command;
    }

    private static async Task<int> IssueAsync(IStaffRegister register, ParseResult arguments, CancellationToken cancellationToken)
    {
        var roles = StaffOptions.ReadRoles(arguments);
        var label = arguments.GetValue(Label)!;
        var days = arguments.GetValue(Days);
        StaffOptions.MustFit("--label", label, StaffOptions.MaxNameLength);
        if (days is < 1 or > MaxDays)
            throw new UsageException($"--days is {days}: expected 1 to {MaxDays}.");
        StaffMember member;
        if (arguments.GetValue(Owner) is { } signIn)
        {
            if (await register.FindBySignInAsync(signIn, cancellationToken) is not { } found)
                return await CommandOutput.RefusedAsync($"No account signs in with '{signIn}': 'registry staff list' shows all accounts.");
            member = found.Member;
            if (roles.Except(member.Roles).ToArray() is { Length: > 0 } excess)
                return await CommandOutput.RefusedAsync(
                    $"'{signIn}' is not {string.Join(", ", excess.Select(Json.Word))}: a token never does more than its owner may."
                );
        }
        else
        {
            member = await AddProgramAsync(register, label, roles, cancellationToken);
        }

        var token = ApiToken.New();
        var expiresAt = Now.AddDays(days);
        var number = await register.AddTokenAsync(
            new TokenGrant(0, member.Id, roles, label, Now, expiresAt, null),
            ApiToken.Hash(token),
            RegisterAccess.Operator,
            Now,
            cancellationToken
        );
        return CommandOutput.Done(
            new
            {
                token,
                id = number,
                staff = member.Id,
                roles,
                expiresAt,
            },
            token,
            arguments.GetValue(CommandOutput.AsJson)
        );
    }

    /// <summary>Adds a member of staff for a token that acts for itself, so that the ledger can name it.</summary>
    private static async Task<StaffMember> AddProgramAsync(
        IStaffRegister register,
        string label,
        ImmutableArray<Role> roles,
        CancellationToken cancellationToken
    )
    {
        var id = StaffMember.NewId();
        var program = new StaffMember(id, $"program-{id}", label, null, roles, IsProgram: true, IsActive: true, 1);
        await register.AddAsync(program, null, RegisterAccess.Operator, Now, cancellationToken);
        return program;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "Every token; never the secret itself.") { CommandOutput.AsJson };
        command.SetAction(
            (arguments, cancellationToken) =>
                RunAsync(
                    async register =>
                    {
                        var all = await register.TokensAsync(cancellationToken);
                        var lines = string.Join('\n', all.Select(Line));
                        return CommandOutput.Done(all, lines, arguments.GetValue(CommandOutput.AsJson));
                    },
                    cancellationToken
                )
        );
        return command;

        static string Line(TokenGrant token)
        {
            var roles = string.Join(",", token.Roles.Select(Json.Word));
            return $"{token.Id}\t{token.Label}\t{roles}\t{token.ExpiresAt:u}{(token.RevokedAt is null ? "" : "\trevoked")}";
        }
    }

    private static Command CreateRevoke()
    {
        var number = new Argument<long>("id") { Description = "Number of the token." };
        var command = new Command("revoke", "Take a token back at once.") { number };
        command.SetAction(
            (arguments, cancellationToken) =>
                RunAsync(
                    async register =>
                    {
                        var id = arguments.GetRequiredValue(number);
                        return await register.RevokeTokenAsync(id, RegisterAccess.Operator, Now, cancellationToken)
                            ? 0
                            : await CommandOutput.RefusedAsync($"There is no token {id} that holds.");
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static Task<int> RunAsync(Func<IStaffRegister, Task<int>> command, CancellationToken cancellationToken) =>
        RegisterAccess.RunAsync(services => command(services.GetRequiredService<IStaffRegister>()), cancellationToken);
}
