using System.CommandLine;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Registry.Configuration;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary><c>registry token …</c>: the tokens with which programs use the API. Works while the server runs.</summary>
internal static class TokenCommands
{
    private static readonly Option<string?> Owner = new("--for")
    {
        Description = "Sign-in of the account that the token acts for; without it, the token acts for itself.",
    };

    private static readonly Option<string> Label = new("--label") { Description = "What it is for.", DefaultValueFactory = _ => "token" };

    private static readonly Option<int> Days = new("--days")
    {
        Description = $"How long the token is valid, 1 to {ProgramTokens.MaxDays} days.",
        DefaultValueFactory = _ => ProgramTokens.UsualDays,
    };

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static Command Create() => new("token", "Tokens of programs.") { CreateCreate(), CreateList(), CreateRevoke() };

    private static Command CreateCreate()
    {
        var command = new Command("create", "A new token, shown once.") { StaffOptions.Roles, Owner, Label, Days, CommandOutput.AsJson };
        command.SetAction(
            (arguments, cancellationToken) => RunAsync(services => IssueAsync(services, arguments, cancellationToken), cancellationToken)
        );
        return command;
    }

    private static async Task<int> IssueAsync(IServiceProvider services, ParseResult arguments, CancellationToken cancellationToken)
    {
        var register = services.GetRequiredService<IStaffRegister>();
        var roles = StaffOptions.ReadRoles(arguments);
        var label = StaffName.Normalize(arguments.GetValue(Label)!);
        var days = arguments.GetValue(Days);
        StaffOptions.Must(StaffName.Check(label, "--label"));
        if (days is < 1 or > ProgramTokens.MaxDays)
            throw new UsageException($"--days is {days}: expected 1 to {ProgramTokens.MaxDays}.");
        StaffMember? owner = null;
        if (arguments.GetValue(Owner) is { } signIn)
        {
            if (await register.FindBySignInAsync(signIn, cancellationToken) is not { } found)
                return await CommandOutput.RefusedAsync($"No account signs in with '{signIn}': 'registry staff list' shows all accounts.");
            owner = found.Member;
            if (roles.Except(owner.Roles).ToArray() is { Length: > 0 } excess)
                return await CommandOutput.RefusedAsync(
                    $"'{signIn}' is not {string.Join(", ", excess.Select(Json.Word))}: a token never does more than its owner may."
                );
        }

        owner ??= await ProgramTokens.AddProgramAsync(register, label, roles, RegisterAccess.Operator, Now, cancellationToken);
        var tokens = services.GetRequiredService<ITokenRegister>();
        var (token, grant) = await ProgramTokens.IssueAsync(
            owner,
            tokens,
            label,
            roles,
            days,
            RegisterAccess.Operator,
            Now,
            cancellationToken
        );
        await RegisterAccess.RecordAsync(services, SecurityEventKind.TokenMade, grant.Staff, grant.Id, cancellationToken);
        return CommandOutput.Done(
            new
            {
                token,
                id = grant.Id,
                staff = grant.Staff,
                roles,
                expiresAt = grant.ExpiresAt,
            },
            token,
            arguments.GetValue(CommandOutput.AsJson)
        );
    }

    private static Command CreateList()
    {
        var command = new Command("list", "Every token; never the secret itself.") { CommandOutput.AsJson };
        command.SetAction(
            (arguments, cancellationToken) =>
                RunAsync(
                    async services =>
                    {
                        var all = await services.GetRequiredService<ITokenRegister>().TokensAsync(cancellationToken);
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
                    async services =>
                    {
                        var register = services.GetRequiredService<ITokenRegister>();
                        var id = arguments.GetRequiredValue(number);
                        if (!await register.RevokeTokenAsync(id, RegisterAccess.Operator, Now, cancellationToken))
                            return await CommandOutput.RefusedAsync(
                                $"Token {id} does not exist or was already revoked: 'registry token list' shows all tokens."
                            );
                        await RegisterAccess.RecordAsync(services, SecurityEventKind.TokenRevoked, subject: null, id, cancellationToken);
                        return 0;
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static Task<int> RunAsync(Func<IServiceProvider, Task<int>> command, CancellationToken cancellationToken) =>
        RegisterAccess.RunAsync(command, cancellationToken);
}
