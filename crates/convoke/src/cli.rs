//! The command line: verbs and their options, as `--help` shows them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::{BadConfig, Config, Options};

/// Phone system, conference server and portal in one.
///
/// Without a verb, `convoke` is `convoke serve`. Options come after the verb that they are for.
#[derive(Debug, Parser)]
#[command(name = "convoke", version, propagate_version = true)]
// An option before a verb would be read, and not heeded.
#[command(args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub verb: Option<Verb>,
    /// Options of `serve` when no verb is given.
    #[command(flatten)]
    pub serve: Serve,
}

/// Options of a server, and the file that may hold them.
#[derive(Debug, Clone, Default, Args)]
pub struct Serve {
    /// TOML file with these options, named in snake_case (`data_dir = "/var/lib/convoke"`)
    #[arg(long, env = "CONVOKE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The options.
    #[command(flatten)]
    pub options: Options,
}

impl Serve {
    /// Command line, then environment, then file, then default.
    ///
    /// # Errors
    /// Names the option that is wrong and what is expected.
    pub fn complete(self) -> Result<Config, BadConfig> {
        let file = self.config.as_deref().map(Options::from_file).transpose()?;
        self.options.or(file.unwrap_or_default()).complete()
    }
}

/// What `convoke` can do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Run the server: SIP, media, portal and API, until SIGTERM or Ctrl-C
    #[command(after_help = SERVE_HELP)]
    Serve(Serve),
    /// Users of the running server on this machine: list, show, create, delete
    User(Remote<UserVerb>),
    /// Conferences of the running server on this machine: rooms, list, start, invite, mute-all, lock, end
    Conference(Remote<ConferenceVerb>),
    /// The first administrator, when nobody can sign in any more
    Admin(Admin),
    /// Look at configuration, key, database, audit log and prompts, and say what is wrong
    Check(Serve),
    /// Print the completion script of a shell
    Completions {
        /// bash, zsh, fish, elvish or powershell
        shell: clap_complete::Shell,
    },
}

const SERVE_HELP: &str = "\
Every option can also be given in the environment (CONVOKE_HTTP=…) or in the file of --config. \
The command line beats the environment, the environment beats the file.

Unattended first start: CONVOKE_BOOTSTRAP_PASSWORD sets the password of `admin`, \
CONVOKE_BOOTSTRAP_TOKEN makes that text an API key of a provider administrator.";

/// A verb that talks to the server that runs on the data folder.
#[derive(Debug, Args)]
pub struct Remote<V: Subcommand> {
    /// Folder of the running server
    #[arg(
        long,
        env = "CONVOKE_DATA_DIR",
        value_name = "DIR",
        default_value = "convoke-data",
        global = true
    )]
    pub data_dir: PathBuf,
    /// Print the answer as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub verb: V,
}

/// `convoke user …`
#[derive(Debug, Subcommand)]
pub enum UserVerb {
    /// List users, all or those that match
    List {
        /// Part of a name, email, extension or username
        #[arg(long, short)]
        q: Option<String>,
        /// Customer, by account name
        #[arg(long, default_value = "main")]
        customer: String,
    },
    /// Show one user
    Show {
        /// Id, or extension
        user: String,
        /// Customer, by account name
        #[arg(long, default_value = "main")]
        customer: String,
    },
    /// Make a user; with an extension they get a phone, whose password is printed once
    Create {
        /// First name
        #[arg(long)]
        first_name: String,
        /// Last name
        #[arg(long)]
        last_name: String,
        /// Email
        #[arg(long)]
        email: String,
        /// Extension
        #[arg(long)]
        extension: Option<String>,
        /// Access profile
        #[arg(long)]
        role: Option<String>,
        /// Customer, by account name
        #[arg(long, default_value = "main")]
        customer: String,
    },
    /// Delete a user that nothing uses
    Delete {
        /// Id, or extension
        user: String,
        /// Customer, by account name
        #[arg(long, default_value = "main")]
        customer: String,
    },
}

/// `convoke conference …`
#[derive(Debug, Subcommand)]
pub enum ConferenceVerb {
    /// List rooms
    Rooms {
        /// Customer, by account name
        #[arg(long, default_value = "main")]
        customer: String,
    },
    /// Make a room
    CreateRoom {
        /// Number
        #[arg(long)]
        number: String,
        /// Name
        #[arg(long)]
        name: String,
        /// Customer, by account name
        #[arg(long, default_value = "main")]
        customer: String,
    },
    /// List running conferences
    List {
        /// Customer, by account name; everyone's unless given
        #[arg(long)]
        customer: Option<String>,
    },
    /// Show a conference with its participants
    Show {
        /// Its id, or the number of the room it runs in
        conference: String,
    },
    /// Start a room's conference and call everyone
    Start {
        /// Room, by id or number
        room: String,
        /// Extensions, numbers or #sip:user@host to call
        invite: Vec<String>,
        /// Extension that hosts it and is called too
        #[arg(long)]
        host: Option<String>,
        /// Customer that the number is of, by account name
        #[arg(long, default_value = "main")]
        customer: String,
    },
    /// Call more people into a running conference
    Invite {
        /// Its id, or the number of the room it runs in
        conference: String,
        /// Extensions, numbers or #sip:user@host to call
        #[arg(required = true)]
        targets: Vec<String>,
    },
    /// Mute everyone but the moderators
    MuteAll {
        /// Its id, or the number of the room it runs in
        conference: String,
    },
    /// Admit no one
    Lock {
        /// Its id, or the number of the room it runs in
        conference: String,
    },
    /// Admit again
    Unlock {
        /// Its id, or the number of the room it runs in
        conference: String,
    },
    /// End it for all
    End {
        /// Its id, or the number of the room it runs in
        conference: String,
    },
}

/// `convoke admin …`
#[derive(Debug, Args)]
pub struct Admin {
    /// What to do.
    #[command(subcommand)]
    pub verb: AdminVerb,
}

/// `convoke admin …`
#[derive(Debug, Subcommand)]
pub enum AdminVerb {
    /// Give an administrator of the provider a new password, end their sessions, and print it once
    ResetPassword(ResetPassword),
}

/// `convoke admin reset-password`
#[derive(Debug, Args)]
pub struct ResetPassword {
    /// Whose; needed where `admin` has another name and there are several administrators
    #[arg(long)]
    pub username: Option<String>,
    /// Where the data is.
    #[command(flatten)]
    pub serve: Serve,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
